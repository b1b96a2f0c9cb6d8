export const ALERTS_TOPIC = 'pegel.alerts.v1'
export const STATE_TOPIC = 'pegel.alert-state.v1'
