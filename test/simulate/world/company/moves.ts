/**
 * What the outbox may not say of a company: that something arrived, or is as it was sent, which a hand had changed before;
 * that what a dead process may have sent was never sent; that a person took up again what is there. And nothing is taken
 * back there before it was there.
 */
import type { Say } from './lines.ts'
import type { CompanyHome } from './plan.ts'
import { documentOf } from './entry.ts'
import { look, type Scene } from './scene.ts'

const HOUR_MS = 3_600_000
/** The machine's clock may be as far from the true time. */
const SKEW_MS = 3 * HOUR_MS

const ATTEMPTS = `
  select row.document, line.from_state, line.to_state, line.at_ms, line.remote_id, line.by_person, line.holder, before.holder as had
  from outbox_attempt as line
  join outbox as row on row.book = line.book and row.target = line.target and row.journal = line.journal and row.part = line.part
  left join outbox_attempt as before on before.book = line.book and before.target = line.target
    and before.journal = line.journal and before.part = line.part and before.n = line.n - 1
  where line.target = ? and line.book = (select id from book where name = ?)`

export function checkMoves(scene: Scene, { book }: CompanyHome, say: Say): void {
  for (const row of look(scene, ATTEMPTS, scene.plan.name, book)) {
    const [document, from, to] = [String(row['document']), String(row['from_state']), String(row['to_state'])]
    // docs/delivery.md: a process that died is noticed, and the entry becomes unknown.
    if (from === 'sending' && row['holder'] !== row['had'] && to !== 'unknown')
      say('claim-forgotten', `${document} was being sent by ${String(row['had'])}, and somebody else made it ${to}`)
    const isRefused = from === 'refused'
    const isGone = scene.removed.has(document) && (from === 'delivered' || from === 'verified')
    const person = row['by_person'] as string | null
    if (person !== null && to === 'queued' && !isRefused && !isGone)
      say('retried-while-there', `${document} was ${from}, and ${person} had it sent again`)
    const touch = scene.touched.get(String(row['remote_id']))
    if (touch !== undefined && (to === 'delivered' || to === 'verified') && Number(row['at_ms']) > touch.atMs + SKEW_MS)
      say('hand-not-seen', `${document} became ${to} after somebody had changed it there (${touch.how})`)
  }
}

const REVERSALS = `
  select journal.document, subject.document as taken from journal_link as link
  join journal on journal.book = link.book and journal.id = link.journal
  join journal as subject on subject.book = link.book and subject.id = link.subject
  where link.kind = 'reversal' and link.book = (select id from book where name = ?)`

const AGAIN = `
  select subject.document, link.kind, count(*) as times from journal_link as link
  join journal as subject on subject.book = link.book and subject.id = link.subject
  where link.book = (select id from book where name = ?) group by link.subject, link.kind having count(*) > 1`

/** What takes a journal back comes there after it. */
export function checkOrder(scene: Scene, { book }: CompanyHome, say: Say): void {
  for (const { document, kind, times } of look(scene, AGAIN, book))
    say('corrected-again', `${String(document)} has ${String(times)} journals that are its ${String(kind)}`)
  const reversals = look(scene, REVERSALS, book)
  if (reversals.length === 0) return
  const first = new Map<string, number>()
  for (const entry of scene.vendor.entries()) {
    const atMs = scene.vendor.created.get(entry.id)
    const document = documentOf(entry).replace(/\.\d+$/, '')
    if (atMs !== undefined) first.set(document, Math.min(atMs, first.get(document) ?? atMs))
  }
  for (const { document, taken } of reversals) {
    const [atMs, before] = [first.get(String(document)), first.get(String(taken))]
    if (atMs === undefined || (before !== undefined && before <= atMs)) continue
    say('taken-back-first', `${String(document)} is there, and ${String(taken)}, which it takes back, was not yet`)
  }
}
