import RequestQueue from 'kafkajs/src/network/requestQueue/index.js'

let calmed = false

/**
 * After its first answer every kafkajs connection looks for waiting requests once a millisecond, for ever: with nothing
 * to wait for it computes a negative delay (`-1 - Date.now()`), sets the timer with it, and starts over when it fires.
 * Node 24 reports the negative delay as a warning. A queue that has nothing waiting and is not throttled needs no timer;
 * whatever changes that sets one itself.
 */
export function calmRequestQueues(): void {
  if (calmed) return
  calmed = true
  const schedule: (this: RequestQueue) => void = Reflect.get(RequestQueue.prototype, 'scheduleCheckPendingRequests')
  RequestQueue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this)
  }
}
