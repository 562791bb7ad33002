/** What a person holds: no day of it is sealed, and no journal of it goes to a company. */
import type { Say } from './lines.ts'
import type { CompanyHome } from './plan.ts'
import { look, textOf, type Scene } from './scene.ts'

/** Both are stamped by the machine's own clock. What was sent before it was held is looked up all the same. */
const SENT_WHILE_HELD = `
  select journal.document, hold.n from journal_hold as hold
  join journal on journal.book = hold.book and journal.id = hold.journal
  where hold.action = 'hold' and hold.book = (select id from book where name = ?) and exists (
    select 1 from outbox_attempt as sent where sent.book = hold.book and sent.journal = hold.journal
    group by sent.target, sent.part
    having min(case when sent.to_state = 'sending' then sent.at_ms end) > hold.at_ms
      and min(case when sent.to_state = 'sending' then sent.at_ms end) < coalesce((select min(next.at_ms)
        from journal_hold as next where next.book = hold.book and next.journal = hold.journal and next.n > hold.n
          and next.action = 'release'), 9e15))`

const SEALED_WHILE_HELD = `
  select journal.document, hold.day from journal_hold as hold
  join journal on journal.book = hold.book and journal.day = hold.day and journal.approved_at_ms > hold.at_ms
  where hold.action = 'hold' and hold.book = (select id from book where name = ?)
    and not exists (select 1 from journal_link where journal_link.book = journal.book and journal_link.journal = journal.id)
    and not exists (select 1 from journal_hold as next where next.book = hold.book and next.day = hold.day
      and next.n > hold.n and next.action = 'release' and next.at_ms <= journal.approved_at_ms)`

/** Journals that are held now, with the word that holds each. */
const HELD = `
  select journal.document, hold.n, hold.at_ms from journal_hold as hold
  join journal on journal.book = hold.book and journal.id = hold.journal
  where hold.book = (select id from book where name = ?) and hold.action = 'hold' and hold.n = (select max(last.n)
    from journal_hold as last where last.book = hold.book and last.journal = hold.journal)`

const LAST_HOLD = `
  select max(hold.n) as n from journal_hold as hold
  join journal on journal.book = hold.book and journal.id = hold.journal
  where hold.book = (select id from book where name = ?) and journal.document = ? and hold.action = 'hold'`

/** The number of a journal's last hold; 0 without one. */
export function lastHold(scene: Scene, book: string, document: string): number {
  return Number(look(scene, LAST_HOLD, book, document)[0]?.['n'] ?? 0)
}

export function checkHolds(
  scene: Scene,
  { book }: CompanyHome,
  { isRestored, say }: { readonly isRestored: boolean; readonly say: Say },
): void {
  for (const { document, day } of look(scene, SEALED_WHILE_HELD, book))
    say('held-sealed', `${String(document)} was sealed while ${String(day)} was held`)
  for (const { document, n } of look(scene, SENT_WHILE_HELD, book))
    if (!scene.slowHolds.has(`${book} ${String(document)} ${String(n)}`))
      say('held-sent', `${String(document)} was sent while it was held`)
  const before = scene.held.get(book)
  const words = new Map(look(scene, HELD, book).map(({ document, ...word }) => [String(document), textOf(word)]))
  // By true time, on the wire: whoever looks up what was sent before it was held must not send it again.
  if (before !== undefined && !isRestored)
    for (const { document: part, atMs } of scene.vendor.sent) {
      // One of several parts is called as its journal, and a number.
      const document = part.replace(/\.\d+$/, '')
      if (atMs > before.seenMs && words.has(document) && words.get(document) === before.words.get(document))
        say('held-sent', `${document} went out at ${new Date(atMs).toISOString()}, and was held all the time`)
    }
  scene.held.set(book, { seenMs: scene.nowMs(), words })
}
