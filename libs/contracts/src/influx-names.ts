/**
 * Scope attribute of series that came by line protocol: the measurement that their metric's name begins with. The name is
 * `measurement_field`, or the measurement alone for the field `value`; by this attribute sink-influxdb finds the two again.
 */
export const INFLUX_MEASUREMENT = 'influx.measurement'
