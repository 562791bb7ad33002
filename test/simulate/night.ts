/** A night: the syncs of all books one after the other, by the command or by the daemon. */
import type { Running } from './running.ts'
import { booksOf, commandOf, MINUTE_MS, tell, type } from './running.ts'

export async function runNight(running: Running, isQuiet: boolean): Promise<void> {
  const { plan, homes, computer } = running
  if (plan.runner === 'sync') {
    for (const { book } of homes) await type(running, book.name, { argv: ['sync'] })
    return
  }
  const fromMs = computer.timeline.nowMs()
  const untilMs = fromMs + (isQuiet ? 20 : 40) * MINUTE_MS
  while (computer.timeline.nowMs() < untilMs && !isNightDone(running, fromMs)) {
    const stop = new AbortController()
    const daemon = computer.start(commandOf(running, ['serve', '--port', '0']), stop.signal)
    const isOver = { value: false }
    void daemon.then(() => (isOver.value = true))
    while (!isOver.value && computer.timeline.nowMs() < untilMs && !isNightDone(running, fromMs)) {
      await computer.timeline.passTo(computer.timeline.nowMs() + MINUTE_MS)
    }
    // One that was killed is started again, as a service manager would.
    if (isOver.value) continue
    stop.abort(new Error('SIGTERM'))
    await computer.timeline.drive(daemon)
  }
  if (!isQuiet || isNightDone(running, fromMs)) return
  tell(running, [{ oracle: 'night-not-done', says: 'nothing goes wrong, and the night was not done in 20 minutes' }])
}

/** Whether the nights of all books that were due after that instant are said to be done. */
function isNightDone(running: Running, fromMs: number): boolean {
  const sql = "select count(*) as count from schedule_tick where status = 'done' and due_at_ms >= ?"
  const rows = booksOf(running, running.plan.book.name).rows(sql, BigInt(fromMs))
  return Number(rows[0]?.['count']) >= running.homes.length
}
