export const METRICS_TOPIC = 'pegel.metrics.v1'
export const ANOMALIES_TOPIC = 'pegel.anomalies.v1'
export const ALERTS_TOPIC = 'pegel.alerts.v1'
export const STATE_TOPIC = 'pegel.detector-state.v1'
