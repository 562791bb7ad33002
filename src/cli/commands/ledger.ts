/** `tieout ledger balances|register|verify|digest`: what the books say, and the proof that nobody changed them. */
import type { Command } from 'commander'
import { loadMappings } from '../../config/mappings.ts'
import { accountTitle } from '../../domain/accounts.ts'
import { formatExact } from '../../domain/money/money.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { proveJournals } from '../../journals/prove.ts'
import { toTrial } from '../../ledger/balances.ts'
import { logHead } from '../../evidence/landing.ts'
import { booksDigest, chainHead } from '../../ledger/digest.ts'
import { balancesWithin } from '../../ledger/known-at.ts'
import { sequenceKnownAt } from '../../ledger/sequences.ts'
import { verifyLedger } from '../../ledger/verify/verify.ts'
import { notedHead, verifyExpected, type ExpectedHead } from '../../pipeline/expected-heads.ts'
import { verifyEvidence } from '../../pipeline/verify-evidence.ts'
import { dateArgument, headsArgument, instantArgument } from '../arguments.ts'
import { readBook, verifyBook, type OpenBook } from '../open-book.ts'
import { counted, type Column } from '../output.ts'
import { handle, type Registry, type Session } from '../session.ts'
import { registerReplay } from './replay.ts'
import { registerRegister } from './register.ts'

interface BalancesOptions {
  readonly asOf?: IsoDate
  readonly knownAt?: number
}

const COLUMNS: readonly Column[] = [
  { title: 'Account' },
  { title: 'Name' },
  { title: 'Cur' },
  { title: 'Debit', align: 'right' },
  { title: 'Credit', align: 'right' },
  { title: 'Balance', align: 'right' },
]

export function registerLedger(registry: Registry): void {
  const ledger = registry.program.command('ledger').description('balances, registers and proofs of the books')
  attachBalances(registry, ledger)
  registerRegister(registry, ledger)
  const verify = ledger.command('verify').description('prove every row again: chain, balances, projections, journals')
  verify.option(
    '--expect-head <head>',
    'a head that was noted before, as ledger digest shows it; may be given again',
    headsArgument,
  )
  handle<VerifyOptions>(registry, verify, (session, { expectHead = [] }) =>
    verifyBook(session, (open) => proveBook(session, open, expectHead)),
  )
  const digest = ledger
    .command('digest')
    .description('two fingerprints: of every field in order, and of what the books say')
  handle(registry, digest, (session) => readBook(session, (open) => showDigest(session, open)))
  registerReplay(registry, ledger)
}

function attachBalances(registry: Registry, ledger: Command): void {
  const command = ledger.command('balances').description('the trial balance, to the last digit')
  command.option('--as-of <date>', 'the last day that counts; default every day', dateArgument)
  command.option('--known-at <instant>', 'only what was recorded by then; default everything', instantArgument)
  handle<BalancesOptions>(registry, command, (session, { asOf, knownAt }) =>
    readBook(session, async ({ kysely, book }) => {
      const { chart } = loadMappings(session.config().mappings)
      const known = knownAt === undefined ? {} : { sequence: await sequenceKnownAt(kysely, book, knownAt) }
      const trial = toTrial(await balancesWithin(kysely, book, { ...(asOf === undefined ? {} : { asOf }), ...known }))
      const rows = trial.rows.map(({ account, currency, debit, credit, balance }) => ({
        account,
        name: accountTitle(chart, account),
        currency,
        debit: formatExact(debit),
        credit: formatExact(credit),
        balance: formatExact(balance),
      }))
      const totals = trial.totals.map(({ currency, total }) => ({ currency, total: formatExact(total) }))
      const knownAtText = knownAt === undefined ? null : new Date(knownAt).toISOString()
      session.show(
        { book: book.name, asOf: asOf ?? null, knownAt: knownAtText, rows, totals, balanced: trial.balanced },
        () => [
          ...session.table(
            COLUMNS,
            rows.map((row) => Object.values(row)),
          ),
          '',
          ...totals.map(({ currency, total }) => `Sum of all accounts in ${currency}: ${total}`),
        ],
      )
      return trial.balanced ? 'ok' : 'findings'
    }),
  )
}

interface VerifyOptions {
  readonly expectHead?: readonly ExpectedHead[]
}

async function proveBook(
  session: Session,
  { kysely, book }: OpenBook,
  expected: readonly ExpectedHead[],
): Promise<'ok' | 'findings'> {
  const { transactions, findings } = await verifyLedger(kysely, book, [verifyEvidence, verifyExpected(expected)])
  const { journals, problems } = await proveJournals(kysely, book)
  const found = findings.length + problems.length
  session.show({ book: book.name, transactions, findings, journals, journalProblems: problems }, () => [
    ...findings.map(({ code, sentence }) => `${code}: ${sentence}`),
    ...problems.map((sentence) => `JOURNAL: ${sentence}`),
    `Book ${book.name}: ${counted(transactions, 'transaction')} and ${counted(journals, 'journal')} verified, ` +
      `${found === 0 ? 'everything holds' : counted(found, 'finding')}.`,
  ])
  return found === 0 ? 'ok' : 'findings'
}

async function showDigest(session: Session, { kysely, book }: OpenBook): Promise<'ok'> {
  const head = await chainHead(kysely, book)
  const digest = await booksDigest(kysely, book)
  const log = await logHead(kysely, book.id)
  const noted = [notedHead(String(head.sequence), head.hash), ...(log === null ? [] : [notedHead(log.place, log.hash)])]
  const said = {
    book: book.name,
    sequence: head.sequence,
    chainHead: head.hash,
    logPlace: log?.place ?? null,
    logHead: log?.hash ?? null,
    noted,
    booksDigest: digest,
  }
  session.show(said, () => [
    `Sequence      ${head.sequence}`,
    `Chain head    ${head.hash}`,
    `Log           ${log === null ? 'empty' : `to ${log.place}`}`,
    `Log head      ${log?.hash ?? '-'}`,
    `Books digest  ${digest}`,
    `To note       ${noted.join(' ')}`,
  ])
  return 'ok'
}
