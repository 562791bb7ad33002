/**
 * Sealed journals as the company has to hold them, and which person approved each. Their lines are proven for all books:
 * oracles/sealed.ts.
 */
import type { Finding } from '../part.ts'
import { PEOPLE, takesOpenings, type CompanyHome } from './plan.ts'
import { look, type Scene } from './scene.ts'

export interface Sealed {
  readonly home: CompanyHome
  readonly id: bigint
  /** Hex. */
  readonly hash: string
  readonly document: string
  /** The accounting day, which its rate is of. */
  readonly day: string
  readonly date: string
  readonly currency: string
  readonly kind: 'reversal' | 'replacement' | null
  /** What the company must hold of it, by code of the chart; without zeros. */
  readonly cents: ReadonlyMap<string, bigint>
}

/** Journals proven so far: what is sealed never changes, which `ledger verify` holds. */
export interface SealedSoFar {
  readonly byDocument: Map<string, Sealed>
  readonly lastId: Map<string, bigint>
}

export function startSealed(): SealedSoFar {
  return { byDocument: new Map(), lastId: new Map() }
}

/** True when a backup has taken the place of the books: what was sealed since is proven anew, if it is again. */
export function noticeRestored(scene: Scene, sofar: SealedSoFar, { book }: CompanyHome): boolean {
  const known = [...sofar.byDocument.values()].filter(({ home }) => home.book === book)
  const rows = look(scene, 'select id, hash from journal where book = (select id from book where name = ?)', book)
  const hashes = new Map(rows.map(({ id, hash }) => [String(id), hexOf(hash)]))
  if (known.every(({ id, hash }) => hashes.get(String(id)) === hash)) return false
  for (const { document } of known) sofar.byDocument.delete(document)
  sofar.lastId.delete(book)
  return true
}

function hexOf(value: unknown): string {
  return Buffer.isBuffer(value) ? value.toString('hex') : ''
}

type Row = Readonly<Record<string, unknown>>

const NEW_JOURNALS = `
  select journal.*, link.kind from journal
  left join journal_link as link on link.book = journal.book and link.journal = journal.id
  where journal.book = (select id from book where name = ?) and journal.id > ? order by journal.id`

const LINES = `
  select account.key, line.exact, line.rounded from journal_line as line
  join account on account.book = line.book and account.id = line.account
  where line.book = ? and line.journal = ? order by account.key`

/** Proves what was sealed since the last call. */
export function proveNew(scene: Scene, sofar: SealedSoFar, home: CompanyHome): readonly Finding[] {
  const findings: Finding[] = []
  const rows = look(scene, NEW_JOURNALS, home.book, sofar.lastId.get(home.book) ?? 0n)
  for (const row of rows) {
    const sealed = sealedOf(scene, home, row)
    const document = sealed.document
    const say = (oracle: string, says: string): void =>
      void findings.push({ oracle, says: `${document} of ${home.book} ${says}` })
    if (sealed.kind === null && sealed.date !== sealed.day)
      say('journal-date', `of ${sealed.day} is dated ${sealed.date}`)
    proveApproval(scene, sealed, row, say)
    sofar.byDocument.set(document, sealed)
    sofar.lastId.set(home.book, sealed.id)
  }
  return findings
}

function sealedOf(scene: Scene, home: CompanyHome, row: Row): Sealed {
  const cents = new Map<string, bigint>()
  const lines = look(scene, LINES, row['book'], row['id'])
    .map(({ key, rounded }) => ({ code: String(key).split(':')[0] ?? '', amount: BigInt(String(rounded)) }))
    .filter(({ amount }) => amount !== 0n)
  const openings = takesOpenings(scene.plan) ? [] : openingsIn(scene, row)
  for (const { code, amount } of [...lines, ...openings]) cents.set(code, (cents.get(code) ?? 0n) + amount)
  for (const [code, amount] of cents) if (amount === 0n) cents.delete(code)
  return {
    home,
    id: BigInt(String(row['id'])),
    hash: hexOf(row['hash']),
    document: String(row['document']),
    day: String(row['day']),
    date: String(row['document_date']),
    currency: String(row['currency']),
    kind: (row['kind'] ?? null) as Sealed['kind'],
    cents,
  }
}

const OPENINGS = `
  select account.key, posting.amount from txn
  join posting on posting.book = txn.book and posting.seq = txn.seq
  join account on account.book = posting.book and account.id = posting.account
  where txn.book = ? and txn.effective_date = ? and txn.currency = ? and txn.seq between ? and ? and txn.kind like 'opening-%'`

/** What an opening put on each account, taken away again: the company has its own. Whole minor units of each posting. */
function openingsIn(scene: Scene, row: Row): readonly { readonly code: string; readonly amount: bigint }[] {
  const range = [row['book'], row['day'], row['currency'], row['from_seq'], row['to_seq']]
  const { maximumFractionDigits: digits = 2 } = new Intl.NumberFormat('en', {
    style: 'currency',
    currency: String(row['currency']),
  }).resolvedOptions()
  const unit = 10n ** BigInt(8 - digits)
  const sign = row['kind'] === 'reversal' ? 1n : -1n
  return look(scene, OPENINGS, ...range).map(({ key, amount }) => {
    const units = BigInt(String(amount))
    return { code: String(key).split(':')[0] ?? '', amount: sign * (units - (units % unit)) }
  })
}

const PREPARED = `
  select by_person from journal_preparation
  where book = ? and day = ? and currency = ? and head_seq >= ? and lower(by_person) <> lower(?)`

function proveApproval(
  scene: Scene,
  { home, kind }: Sealed,
  row: Row,
  say: (oracle: string, says: string) => void,
): void {
  const by = String(row['approved_by'])
  const { policy, book } = home
  const isPerson = PEOPLE.some((name) => name === by.toLowerCase())
  if (!isPerson && kind === null && by === 'tieout (auto)') return
  const what = kind === null ? 'approve' : kind === 'reversal' ? 'reverse' : 'replace'
  const day = String(row['day'])
  const isTyped = scene.signed.some(
    (line) => line.what === what && line.book === book && line.by === by && (kind !== null || day <= line.through),
  )
  if (!isTyped) say('approval', `is sealed by ${by}, who typed no ${what} of ${day}`)
  if (!policy.differentApprover || kind !== null) return
  const [prepared] = look(scene, PREPARED, row['book'], day, row['currency'], row['to_seq'], by)
  if (prepared === undefined) say('approval-of-two', `is sealed by ${by}, and nobody else has prepared it`)
}
