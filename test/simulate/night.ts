/** A night: the syncs of all books one after the other, by the command or by the daemon. */
import type { Running } from './running.ts'
import { booksOf, commandOf, MINUTE_MS, type } from './running.ts'

export async function runNight(running: Running, isQuiet: boolean): Promise<void> {
  const { plan, homes, computer } = running
  if (plan.runner === 'sync') {
    // Books of another time zone are refused by a sentence, and so are rules about a source that is called otherwise now.
    const tonight = plan.operator.filter(({ night }) => night === running.evening.night).map(({ kind }) => kind)
    // See meetBeforeNight: no zone is mistaken before there is a book.
    const isRefused = tonight.includes('zone') && booksOf(running, plan.book.name).rows('select 1 from book').length > 0
    const allowed = isRefused ? [2] : tonight.includes('rename') ? [0, 1, 2] : [0, 1]
    for (const { book } of homes) await type(running, book.name, { argv: ['sync'], allowed })
    return
  }
  const fromMs = computer.timeline.nowMs()
  const untilMs = fromMs + (isQuiet ? 20 : 40) * MINUTE_MS
  while (computer.timeline.nowMs() < untilMs && !isNightDone(running, fromMs)) {
    const stop = new AbortController()
    const daemon = computer.start(commandOf(running, ['serve', '--port', '0']), stop.signal)
    const isOver = { value: false }
    void daemon.then(() => (isOver.value = true))
    await deliverHooks(running)
    while (!isOver.value && computer.timeline.nowMs() < untilMs && !isNightDone(running, fromMs)) {
      await computer.timeline.passTo(computer.timeline.nowMs() + MINUTE_MS)
    }
    // One that was killed is started again, as a service manager would.
    if (isOver.value) continue
    stop.abort(new Error('SIGTERM'))
    await computer.timeline.drive(daemon)
  }
  if (!isQuiet || isNightDone(running, fromMs)) return
  running.findings.push({
    oracle: 'night-not-done',
    says: 'nothing goes wrong, and the night was not done in 20 minutes',
  })
}

/** Time for a daemon to begin to listen. */
const STARTS_MS = 5000

async function deliverHooks({ computer, homes }: Running): Promise<void> {
  const due = homes.flatMap(({ parts }) => parts.flatMap((part) => part.hooks?.(computer.timeline.nowMs()) ?? []))
  if (due.length === 0) return
  await computer.timeline.passTo(computer.timeline.nowMs() + STARTS_MS)
  for (const { path, body, answered } of due) answered(await computer.post(path, body))
}

/** Whether the nights of all books that were due after that instant are said to be done. */
function isNightDone(running: Running, fromMs: number): boolean {
  const sql = "select count(*) as count from schedule_tick where status = 'done' and due_at_ms >= ?"
  const rows = booksOf(running, running.plan.book.name).rows(sql, BigInt(fromMs))
  return Number(rows[0]?.['count']) >= running.homes.length
}
