/**
 * Sealed journals as an outsider proves them: each goes on where the last one of its day ended, its lines are the postings
 * of its range, and its cents follow the rule of docs/journals.md: sums of zero, every account always within one cent, and
 * of the accounts it moves those go up that are furthest above a whole one. What was taken back counts as if it had not been.
 */
import type { Finding } from '../world/part.ts'
import type { Books } from './books.ts'

const CENT = 1_000_000n

/** Those that seal a range of their own. */
const JOURNALS = `
  select journal.* from journal where journal.book = (select id from book where name = ?)
    and not exists (select 1 from journal_link as link where link.book = journal.book and link.journal = journal.id)
  order by journal.id`

const LINES = `
  select account.key, line.exact, line.rounded from journal_line as line
  join account on account.book = line.book and account.id = line.account
  where line.book = ? and line.journal = ? order by account.key`

const POSTED = `
  select account.key, sum(posting.amount) as amount from txn
  join posting on posting.book = txn.book and posting.seq = txn.seq
  join account on account.book = posting.book and account.id = posting.account
  where txn.book = ? and txn.effective_date = ? and txn.currency = ? and txn.seq between ? and ?
  group by account.key having sum(posting.amount) <> 0 order by account.key`

interface Running {
  readonly exact: Map<string, bigint>
  readonly rounded: Map<string, bigint>
}

/** Of one book, at the end of a run: what is sealed never changes. */
export function checkSealed(books: Books, book: string): readonly Finding[] {
  const findings: Finding[] = []
  const totals = new Map<string, Running>()
  const through = new Map<string, bigint>()
  for (const row of books.rows(JOURNALS, book)) {
    const say = (oracle: string, says: string): void =>
      void findings.push({ oracle, says: `${String(row['document'])} of ${book} ${says}` })
    const currency = String(row['currency'])
    const range = `${String(row['day'])} ${currency}`
    const [from, to] = [row['from_seq'] as bigint, row['to_seq'] as bigint]
    const before = through.get(range) ?? 0n
    if (from !== before + 1n) say('journal-range', `begins at ${from}, and the last of its day ends at ${before}`)
    through.set(range, to)
    const running = totals.get(currency) ?? { exact: new Map<string, bigint>(), rounded: new Map<string, bigint>() }
    totals.set(currency, running)
    proveLines(books, running, row, say)
  }
  return findings
}

type Row = Readonly<Record<string, unknown>>

function proveLines(books: Books, running: Running, row: Row, say: (oracle: string, says: string) => void): void {
  const posted = books.rows(POSTED, row['book'], row['day'], row['currency'], row['from_seq'], row['to_seq'])
  const exact = new Map(posted.map(({ key, amount }) => [String(key), BigInt(String(amount))]))
  const moved = [...exact.keys()]
  let sum = 0n
  const rounded = new Map<string, bigint>()
  for (const { key, exact: said, rounded: saidCents } of books.rows(LINES, row['book'], row['id'])) {
    const account = String(key)
    const [saidExact, saidRounded] = [BigInt(String(said)), BigInt(String(saidCents))]
    if ((exact.get(account) ?? 0n) !== saidExact)
      say(
        'journal-lines',
        `says ${saidExact} of ${account}; the postings of its range come to ${exact.get(account) ?? 0n}`,
      )
    exact.delete(account)
    if (saidRounded % CENT !== 0n) say('journal-cents', `says ${saidRounded} of ${account}, which is no whole cent`)
    sum += saidRounded
    rounded.set(account, saidRounded)
    running.exact.set(account, (running.exact.get(account) ?? 0n) + saidExact)
    running.rounded.set(account, (running.rounded.get(account) ?? 0n) + saidRounded)
  }
  proveRounding(running, { moved, rounded }, say)
  for (const [account, amount] of exact)
    say('journal-lines', `has no line of ${account}, which its postings move by ${amount}`)
  if (sum !== 0n) say('journal-cents', `sums to ${sum}`)
  for (const [account, amount] of running.rounded) {
    const away = amount - (running.exact.get(account) ?? 0n)
    if (away >= CENT || away <= -CENT) say('journal-drift', `leaves ${account} ${away} away from the ledger`)
  }
}

interface Cents {
  /** Accounts that the postings of its range move. */
  readonly moved: readonly string[]
  /** What the journal delivers. */
  readonly rounded: ReadonlyMap<string, bigint>
}

/** With the journal's own lines counted already. Where the moved accounts cannot hold all of it others move, too: that is not proven. */
function proveRounding(
  { exact, rounded: total }: Running,
  { moved, rounded }: Cents,
  say: (oracle: string, says: string) => void,
): void {
  const accounts = moved.map((account) => {
    const now = exact.get(account) ?? 0n
    const above = ((now % CENT) + CENT) % CENT
    const after = total.get(account) ?? 0n
    return { account, above, floor: now - above, after, before: after - (rounded.get(account) ?? 0n) }
  })
  const ups = accounts.reduce((sum, { before, floor }) => sum + before - floor, 0n) / CENT
  const between = accounts.filter(({ above }) => above > 0n)
  if (ups < 0n || ups > BigInt(between.length)) return
  const up = between.filter(({ after, floor }) => after === floor + CENT)
  const down = between.filter(({ after, floor }) => after === floor)
  const isWhole = up.length + down.length === between.length && BigInt(up.length) === ups
  const isByRest = up.every((high) => down.every((low) => high.above >= low.above))
  if (!isWhole || !isByRest)
    say(
      'journal-rounding',
      `rounds ${accounts.map(({ account, after }) => `${account} to ${after}`).join(', ')} otherwise`,
    )
}
