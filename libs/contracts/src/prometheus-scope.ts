/**
 * Name of the scope, without version and attributes, of series that came from Prometheus: their names and labels are Prometheus'
 * own and complete, and their unit is part of the name already. They go back to Prometheus as they came.
 */
export const PROMETHEUS_SCOPE = 'prometheus'
