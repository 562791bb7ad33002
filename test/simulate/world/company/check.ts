/**
 * What a company must hold, checked from the company's own entries and the database's rows: each sealed journal once
 * with its lines, nothing else that came from here, nothing a hand has touched changed again, one key for one content.
 */
import type { Finding } from '../part.ts'
import { takeCopies, WAS_KNOWN } from './copies.ts'
import { checkHolds } from './holds.ts'
import { checkLines, checkWords, type Say } from './lines.ts'
import { checkMoves, checkOrder } from './moves.ts'
import type { ClosedPeriod, Policy } from './habits.ts'
import type { CompanyHome } from './plan.ts'
import { documentOf, isLive } from './entry.ts'
import { isOfApp, look, openAbout, textOf, type Scene } from './scene.ts'
import { noticeRestored, proveNew, type Sealed, type SealedSoFar } from './sealed.ts'
import type { Entry } from './vendor.ts'

const DAY_MS = 86_400_000

export function checkCompany(scene: Scene, sofar: SealedSoFar, when: 'night' | 'end'): readonly Finding[] {
  const findings: Finding[] = scene.findings.splice(0)
  const say: Say = (oracle, says) => void findings.push({ oracle, says: `${scene.plan.name}: ${says}` })
  for (const misdeed of scene.vendor.misdeeds.splice(0)) say('request', misdeed)
  takeCopies(scene)
  for (const home of scene.plan.homes) {
    const isRestored = noticeRestored(scene, sofar, home)
    findings.push(...proveNew(scene, sofar, home))
    if (isRestored) scene.restoredMs = scene.nowMs()
    if (isRestored) for (const entry of scene.vendor.entries()) if (isOfApp(scene, entry)) scene.orphans.add(entry.id)
    checkHolds(scene, home, { isRestored, say })
    checkClaims(scene, home, say)
    checkMoves(scene, home, say)
    checkOrder(scene, home, say)
    if (when === 'night') checkHeld(scene, home, say)
    checkQueued(scene, home, say)
  }
  checkTwins(scene, say)
  checkSent(scene, say)
  const marks = marksOf(scene)
  const live = new Map<string, Entry[]>()
  const touched = new Map<string, string>()
  for (const entry of scene.vendor.entries()) {
    if (!isOfApp(scene, entry)) continue
    const document = documentOf(entry)
    const sealed = sealedOf(sofar, document)
    const isOrphan = scene.orphans.has(entry.id)
    if (sealed === undefined && !isOrphan) say('entry-unknown', `entry ${entry.id} under ${document} is no journal's`)
    const touch = scene.touched.get(entry.id)
    if (touch !== undefined) {
      if (touch.after !== textOf(entry))
        say('hand-overwritten', `entry ${entry.id} under ${document} is not as the accountant left it`)
      if (isLive(entry)) touched.set(document, entry.id)
      continue
    }
    if (!isLive(entry) || sealed === undefined) continue
    // Of books that are no more: what is wrong with it must be told, and put right in the end.
    if (isOrphan && when === 'night') continue
    live.set(document, [...(live.get(document) ?? []), entry])
    checkWords(scene, sealed, entry, { mark: marks.get(sealed.home.book) ?? '', say })
  }
  for (const [document, entries] of live)
    if (entries.length > 1 || touched.has(document)) {
      const ids = [touched.get(document) ?? [], entries.map(({ id }) => id)].flat()
      say('entry-twice', `${document} is there as ${ids.join(' and ')}`)
    }
  for (const sealed of sofar.byDocument.values())
    checkLines(scene, sealed, live, { when, say, standing: () => standing(scene, sealed) })
  if (when === 'end') checkStates(scene, say)
  return findings
}

/** The journal of an entry: `DOCUMENT`, or a part of it, `DOCUMENT.2`. */
function sealedOf({ byDocument }: SealedSoFar, document: string): Sealed | undefined {
  return byDocument.get(document) ?? byDocument.get(document.replace(/\.\d+$/, ''))
}

/** The id of each book, which every memo ends with. */
function marksOf(scene: Scene): ReadonlyMap<string, string> {
  const rows = look(scene, 'select book.name, lasting_id from book_identity join book on book.id = book_identity.book')
  return new Map(rows.map(({ name, lasting_id: id }) => [String(name), String(id)]))
}

/** How the program itself says it stands, for whoever reads the finding. */
function standing(scene: Scene, { document, home }: Sealed): string {
  const rows = look(
    scene,
    `select document, state from outbox where target = ? and book = (select id from book where name = ?)
     and (document = ? or document like ? || '.%')`,
    scene.plan.name,
    home.book,
    document,
    document,
  )
  const states = rows.map((row) => `${String(row['document'])} ${String(row['state'])}`)
  const codes = openAbout(scene, home).filter((each) => each.document === document || each.document === 'target')
  return [...(states.length === 0 ? ['in no outbox'] : states), ...codes.map(({ code }) => code)].join(', ')
}

/** A claim lasts ten minutes; before that only what a dead process left is taken from it. Times are the machine's. */
const CLAIMS = `
  select row.document, before.holder as holder, next.at_ms - before.at_ms as after_ms from outbox_attempt as next
  join outbox_attempt as before on before.book = next.book and before.target = next.target
    and before.journal = next.journal and before.part = next.part and before.n = next.n - 1
  join outbox as row on row.book = next.book and row.target = next.target and row.journal = next.journal and row.part = next.part
  where next.target = ? and next.book = (select id from book where name = ?) and before.to_state = 'sending'
    and next.holder <> before.holder and next.at_ms - before.at_ms between 0 and 599999 and exists (
      select 1 from outbox_attempt as later where later.holder = before.holder and later.book = before.book
        and later.target = before.target and later.at_ms > next.at_ms)`

function checkClaims(scene: Scene, { book }: CompanyHome, say: Say): void {
  for (const { document, holder, after_ms: ms } of look(scene, CLAIMS, scene.plan.name, book))
    say('claim-taken', `${String(document)} was taken after ${String(ms)} ms from ${String(holder)}, which was at work`)
}

const HELD = `
  select row.document, journal.document_date as date, (select max(each.at_ms) from outbox_attempt as each
    where each.book = row.book and each.target = row.target and each.journal = row.journal and each.part = row.part
      and each.to_state = 'held') as since_ms from outbox as row
  join journal on journal.book = row.book and journal.id = row.journal
  where row.state = 'held' and row.target = ? and row.book = (select id from book where name = ?)`

/** Somebody may change it of an evening. */
const EVENING_MS = (23 * DAY_MS) / 24

/** What a book said of closed days at an instant. */
function policyAt(scene: Scene, { closedPeriod, changesTo, changesBefore }: Policy, ms: number): ClosedPeriod {
  const changedMs = scene.plan.startMs + (changesBefore - 1) * DAY_MS + EVENING_MS
  return changesTo === null || ms < changedMs ? closedPeriod : changesTo
}

/** Held is what the company's books have been closed for at some time, and only where nothing says that it goes to a later day. */
function checkHeld(scene: Scene, { book, policy }: CompanyHome, say: Say): void {
  const last = [...scene.closes].toSorted().at(-1) ?? ''
  for (const { document, date, since_ms: sinceMs } of look(scene, HELD, scene.plan.name, book))
    if (policyAt(scene, policy, Number(sinceMs)) === 'first-open-day')
      say(
        'held-not-moved',
        `${String(document)} of ${String(date)} is held, and its books say that it goes to the first open day`,
      )
    else if (String(date) > last)
      say('held-open', `${String(document)} of ${String(date)} is held, and the books were never closed after ${last}`)
}

/** What a person wants tried again is looked up before it is sent. */
const QUEUED = `select document from outbox
  where state = 'queued' and target = ? and book = (select id from book where name = ?) and not exists (
    select 1 from outbox_attempt line
    where line.book = outbox.book and line.target = outbox.target and line.journal = outbox.journal
      and line.part = outbox.part and line.n = outbox.history and line.by_person is not null)`

/** Of what is queued nothing is in the target (docs/delivery.md): whoever heard no answer may not say so. */
function checkQueued(scene: Scene, { book }: CompanyHome, say: Say): void {
  const queued = new Set(look(scene, QUEUED, scene.plan.name, book).map(({ document }) => String(document)))
  if (queued.size === 0) return
  for (const entry of scene.vendor.entries()) {
    const isOurs = isOfApp(scene, entry) && isLive(entry) && !scene.orphans.has(entry.id)
    if (isOurs && queued.has(documentOf(entry)))
      say('queued-though-there', `${documentOf(entry)} is queued, and is there as ${entry.id}`)
  }
}

/**
 * Nothing is sent while it is there. Xero has no number to look for: what the books forgot with a restore, and what lies on
 * another day there than it would now, is found by no look at its days, and told of afterwards (docs/delivery.md).
 */
function checkTwins(scene: Scene, say: Say): void {
  const { vendor, plan, orphans } = scene
  for (const { document, before, isDatedAnew } of vendor.twins.splice(0)) {
    const isForgotten = orphans.has(before) && look(scene, WAS_KNOWN, plan.name, before).length === 0
    if (plan.vendor !== 'xero' || !isDatedAnew || !isForgotten)
      say('request', `${document} was sent though it is there as ${before}`)
  }
}

/** What went out is, byte for byte, what was put down for it before. A restored backup knows no more of it. */
function checkSent(scene: Scene, say: Say): void {
  for (const each of scene.vendor.sent.filter(({ atMs }) => atMs > scene.provenMs && atMs > scene.restoredMs)) {
    const [payload] = look(
      scene,
      'select 1 from outbox_payload where target = ? and body = ?',
      scene.plan.name,
      each.body,
    )
    if (payload === undefined) say('sent-otherwise', `${each.document} was sent in words that no payload has`)
  }
  scene.provenMs = scene.nowMs()
}

/** What is left of days that somebody has approved, of what was posted before. */
const LEFT = `
  select txn.effective_date as day, txn.currency, account.key, sum(posting.amount) as amount from txn
  join posting on posting.book = txn.book and posting.seq = txn.seq
  join account on account.book = posting.book and account.id = posting.account
  where txn.book = (select id from book where name = ?) and txn.effective_date <= ?
    and txn.seq <= (select max(to_seq) from journal where journal.book = txn.book and approved_at_ms <= ?)
    and txn.seq > coalesce((select max(to_seq) from journal where journal.book = txn.book
      and journal.day = txn.effective_date and journal.currency = txn.currency), 0)
  group by txn.effective_date, txn.currency, account.key having sum(posting.amount) <> 0 limit 1`

function checkLeft(scene: Scene, { book }: CompanyHome, say: Say): void {
  const last = scene.typed.findLast((line) => line.what === 'approve' && line.book === book)
  if (last === undefined) return
  for (const { day, currency, key, amount } of look(scene, LEFT, book, last.through, BigInt(last.atMs)))
    say('never-sealed', `${String(amount)} ${String(currency)} of ${String(key)} on ${String(day)} is in no journal`)
}

/** Nothing waits without a way out: people have done all that is documented. */
function checkStates(scene: Scene, say: Say): void {
  for (const home of scene.plan.homes) {
    const { book } = home
    checkLeft(scene, home, say)
    const rows = look(
      scene,
      `select document, state from outbox where target = ? and book = (select id from book where name = ?)
       and state not in ('delivered', 'verified')`,
      scene.plan.name,
      book,
    )
    for (const { document, state } of rows)
      say('outbox-stuck', `${String(document)} of ${book} is still ${String(state)}`)
    const drafts = look(
      scene,
      `select code, object, detail from exception where source = ? and status = 'open'
       and book = (select id from book where name = ?)`,
      scene.plan.name,
      book,
    )
    for (const { code, object, detail } of drafts)
      say('exception-stuck', `${String(code)} about ${String(object)} of ${book} is still open: ${String(detail)}`)
  }
}
