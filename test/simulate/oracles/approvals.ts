/**
 * What nights seal by themselves, by SQL of its own against the list in docs/journals.md: only where that is wanted and
 * one person is enough, only days that are over and not known to be closed, within the limits, when everything was read,
 * agrees with the books and is decided. And when all of that holds, nothing that can be sealed is left.
 */
import type { Books } from './books.ts'
import type { Finding } from '../world/part.ts'
import { dayIn } from '../world/payelancer/readings.ts'

/** What the configuration says of a book's journals. */
export interface ApprovalRules {
  readonly name: string
  readonly currency: string
  readonly timeZone: string
  readonly isAutomatic: boolean
  readonly isOfTwo: boolean
  /** Counts of 10⁻⁸; null: no limit. */
  readonly perEntry: bigint | null
  readonly perDay: bigint | null
  /** Names of what its journals go to, from the first night on. */
  readonly targets: readonly string[]
}

export interface BookSettings {
  readonly name: string
  readonly currency: string
  readonly timeZone: string
  readonly more: readonly string[]
}

/** As the lines of a book's configuration say it. */
export function approvalRules(
  { name, currency, timeZone, more }: BookSettings,
  targets: readonly string[] = [],
): ApprovalRules {
  const text = more.find((line) => line.startsWith('journals:')) ?? ''
  const limit = (key: string): bigint | null => {
    const [, whole, cents] = new RegExp(`${key}: '(\\d+)\\.(\\d\\d)'`).exec(text) ?? []
    return whole === undefined ? null : BigInt(`${whole}${cents}`) * 1_000_000n
  }
  return {
    name,
    currency,
    timeZone,
    isAutomatic: text.includes('approval: auto'),
    isOfTwo: text.includes('differentApprover: true'),
    perEntry: limit('perEntry'),
    perDay: limit('perDay'),
    targets,
  }
}

/** Journals that no person has approved, with what they move, and through which day a target was known to be closed then. */
const BY_NIGHT = `
  select journal.id, journal.document, journal.day, journal.currency, journal.approved_at_ms as at, journal.to_seq as head,
    (select sum(max(line.rounded, 0)) from journal_line as line where line.book = journal.book and line.journal = journal.id) as debits,
    (select max(json_extract(known.company, '$.closedThrough')) from target_company as known
      where known.book = journal.book and known.id = (select max(last.id) from target_company as last
        where last.book = known.book and last.target = known.target and last.pulled_at_ms <= journal.approved_at_ms)) as closed
  from journal where journal.book = (select id from book where name = ?) and journal.approved_by = 'tieout (auto)'
    and not exists (select 1 from journal_link as link where link.book = journal.book and link.journal = journal.id)
  order by journal.id`

/** Sources that could not be read, and wallets that were not as the books, when a journal was sealed. */
const UNREAD = `
  select exception.source as name from exception
  where exception.book = (select id from book where name = ?) and exception.code = 'STALE_SOURCE' and 'open' = (
    select event.status from exception_event as event where event.book = exception.book and event.exception = exception.number
      and event.at_ms <= ? order by event.n desc limit 1)`

/** The reading known last, if it is of that very night: what the configuration had left out was not asked about. */
const APART = `
  select source.name, reading.balance - coalesce((
    select sum(posting.amount) from txn
    join posting on posting.book = txn.book and posting.seq = txn.seq
    join account on account.book = posting.book and account.id = posting.account
    where txn.book = reading.book and txn.source = reading.source and txn.seq <= ? and account.key = '1310:' || source.name
      and txn.currency = reading.currency), 0) as apart
  from wallet_reading as reading
  join source on source.book = reading.book and source.id = reading.source
  join log_record on log_record.book = reading.book and log_record.batch = reading.batch and log_record.item = reading.item
  where reading.book = (select id from book where name = ?) and log_record.at_ms between ? - 3600000 and ?
    and (reading.batch, reading.item) = (select last.batch, last.item from wallet_reading as last
      join log_record as landed on landed.book = last.book and landed.batch = last.batch and landed.item = last.item
      where last.book = reading.book and last.source = reading.source and landed.at_ms <= ?
      order by last.batch desc, last.item desc limit 1)`

/** Sources that were asked that night and have never said what they hold. */
const UNSAID = `
  select source.name from source where source.book = (select id from book where name = ?)
    and source.kind in ('panel', 'publisher', 'advertiser')
    and exists (select 1 from log_record where log_record.book = source.book and log_record.source = source.name
      and log_record.at_ms between ? - 3600000 and ?)
    and not exists (select 1 from wallet_reading as reading where reading.book = source.book and reading.source = source.id)
    and not exists (select 1 from counter_reading as reading where reading.book = source.book and reading.source = source.id)`

/** Counters that were undecided from that day or an earlier one on, with something of theirs in the journal. */
const UNDECIDED = `
  select source.name from counter_undecided as found
  join source on source.book = found.book and source.id = found.source
  join log_record on log_record.book = found.book and log_record.batch = found.batch and log_record.item = found.item
  where found.book = (select id from book where name = ?) and found.since <= ? and log_record.at_ms < ?
    and (found.batch, found.item) = (select last.batch, last.item from counter_undecided as last
      join log_record as landed on landed.book = last.book and landed.batch = last.batch and landed.item = last.item
      where last.book = found.book and last.source = found.source and landed.at_ms <= ?
      order by last.batch desc, last.item desc limit 1)
    and exists (select 1 from txn join journal on journal.book = txn.book and journal.id = ?
      where txn.book = found.book and txn.source = found.source and txn.effective_date = journal.day
        and txn.currency = journal.currency and txn.seq between journal.from_seq and journal.to_seq)`

/** What postings of days come to that were synced as they ended, beyond what is sealed of them. */
const LEFT = `
  select txn.effective_date as day, txn.currency, account.key, sum(posting.amount) as amount from txn
  join posting on posting.book = txn.book and posting.seq = txn.seq
  join account on account.book = posting.book and account.id = posting.account
  join (select run.book, min(json_extract(arguments, '$.night')) as first, max(json_extract(arguments, '$.night')) as last
    from run where kind = 'sync' and status = 'finished' group by run.book) as nights on nights.book = txn.book
  where txn.book = (select id from book where name = ?) and txn.effective_date between nights.first and nights.last
    and txn.seq > coalesce((select max(to_seq) from journal where journal.book = txn.book
      and journal.day = txn.effective_date and journal.currency = txn.currency), 0)
    and not exists (select 1 from run where run.book = txn.book and run.kind = 'backfill')
  group by txn.effective_date, txn.currency, account.key having sum(posting.amount) <> 0 limit 1`

/** What no night seals by itself waits for somebody: a source that could not be read, a target, a counter that
 * differed and may still, though somebody has seen it. */
const WAITS = `
  select 1 from exception where book = (select id from book where name = ?) and (status = 'open' and code = 'STALE_SOURCE'
    or (status = 'open' or resolution is not null)
      and exists (select 1 from source where source.book = exception.book and source.kind in ('publisher', 'advertiser')))
  union all select 1 from mapping_version where book = (select id from book where name = ?)`

const LAST_NIGHT = `
  select max(finished_at_ms) as at, (select count(*) from source where source.book = run.book and source.kind = 'panel') as panels
  from run where book = (select id from book where name = ?) and kind = 'sync' and status = 'finished'`

/** A backfill that somebody has begun of that day before. */
const BACKFILLED = `
  select 1 from run where book = (select id from book where name = ?) and kind = 'backfill' and started_at_ms < ?
    and ? between json_extract(arguments, '$.from') and json_extract(arguments, '$.to')`

/** Of these targets (a JSON list), those whose mapping nobody had accepted then. */
const UNMAPPED = `
  select value as target from json_each(?) where not exists (
    select 1 from mapping_version where book = (select id from book where name = ?)
      and mapping_version.target = value and accepted_at_ms <= ?)`

type Row = Readonly<Record<string, unknown>>

/** Of one book, at the end of a run. */
export function checkApprovals(books: Books, rules: ApprovalRules): readonly Finding[] {
  const { name, currency, timeZone, perEntry, perDay } = rules
  const findings: Finding[] = []
  const ofDay = new Map<string, bigint>()
  for (const row of books.rows(BY_NIGHT, name)) {
    const [document, day, atMs] = [String(row['document']), String(row['day']), row['at'] as bigint]
    const say = (why: string): void =>
      void findings.push({ oracle: 'night-approved', says: `${document} of ${name} was sealed by a night, ${why}` })
    if (!rules.isAutomatic) say('and a person has to')
    if (rules.isOfTwo) say('and two people have to')
    if (day >= dayIn(Number(atMs), timeZone)) say(`and ${day} was not over`)
    const closed = row['closed'] as string | null
    if (closed !== null && day <= closed) say(`and a target's books were known to be closed through ${closed}`)
    const debits = row['debits'] as bigint
    const before = ofDay.get(day) ?? 0n
    ofDay.set(day, before + debits)
    if (perEntry !== null || perDay !== null) {
      if (row['currency'] !== currency) say(`in ${String(row['currency'])}, and the limits are in ${currency}`)
      if (perEntry !== null && debits > perEntry) say(`with ${debits}, above ${perEntry}`)
      if (perDay !== null && before + debits > perDay) say(`with which its day comes to ${before + debits}`)
    }
    for (const why of disagreements(books, rules, row)) say(why)
  }
  return [...findings, ...leftUnsealed(books, rules)]
}

function disagreements(books: Books, { name, targets }: ApprovalRules, { id, day, at, head }: Row): readonly string[] {
  return [
    ...books.rows(BACKFILLED, name, at, day).map(() => `and a backfill has worked on ${String(day)}`),
    ...books
      .rows(UNMAPPED, JSON.stringify(targets), name, at)
      .map((row) => `while nobody had accepted the mapping to ${String(row['target'])}`),
    ...books.rows(UNSAID, name, at, at).map((row) => `while ${String(row['name'])} had never said what it holds`),
    ...books.rows(UNREAD, name, at).map((row) => `while ${String(row['name'])} could not be read`),
    ...books
      .rows(APART, head, name, at, at, at)
      .filter(({ apart }) => apart !== 0n)
      .map((row) => `while ${String(row['name'])} differed by ${String(row['apart'])}`),
    ...books.rows(UNDECIDED, name, day, at, at, id).map((row) => `while ${String(row['name'])} was undecided`),
  ]
}

function leftUnsealed(books: Books, { name, ...rules }: ApprovalRules): readonly Finding[] {
  const isFree = rules.isAutomatic && !rules.isOfTwo && rules.perEntry === null && rules.perDay === null
  const [last] = books.rows(LAST_NIGHT, name)
  if (!isFree || last === undefined || books.rows(WAITS, name, name).length > 0) return []
  const at = last['at']
  const wallets = books.rows(APART, BigInt(Number.MAX_SAFE_INTEGER), name, at, at, at)
  if (wallets.some(({ apart }) => apart !== 0n) || BigInt(wallets.length) !== last['panels']) return []
  return books.rows(LEFT, name).map(({ day, currency, key, amount }) => ({
    oracle: 'night-left',
    says: `nothing is in question, and ${String(amount)} ${String(currency)} of ${String(key)} on ${String(day)} was never sealed in ${name}`,
  }))
}
