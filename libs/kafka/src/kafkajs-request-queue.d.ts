declare module 'kafkajs/src/network/requestQueue/index.js' {
  /** The requests of one connection, those sent and those that wait. */
  export default class RequestQueue {
    readonly pending: readonly unknown[]
    readonly throttledUntil: number
    scheduleCheckPendingRequests(): void
  }
}
