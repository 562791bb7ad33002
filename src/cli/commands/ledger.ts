/** `tieout ledger balances|register|verify|digest`: what the books say, and the proof that nobody changed them. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import { openDatabase, type Database } from '../../db/database.ts'
import { loadMappings } from '../../config/mappings.ts'
import { accountTitle } from '../../domain/accounts.ts'
import { formatExact } from '../../domain/money/money.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import type { NotedHead } from '../../journals/heads.ts'
import { proveJournals } from '../../journals/prove.ts'
import { toTrial } from '../../ledger/balances.ts'
import { logHead } from '../../log/landing.ts'
import { booksDigest, chainHead } from '../../ledger/digest.ts'
import { balancesWithin } from '../../ledger/known-at.ts'
import { sequenceKnownAt } from '../../ledger/sequences.ts'
import { machine } from '../../machine/machine.ts'
import type { Findings } from '../../ledger/verify/finding.ts'
import { verifyLedger, type ExtraCheck } from '../../ledger/verify/verify.ts'
import { verifyExpected } from '../../pipeline/expected-heads.ts'
import { verifyRebuilt, type Rebuilt } from '../../pipeline/rebuild.ts'
import { verifyLog } from '../../pipeline/verify-log.ts'
import { verifyDeliveries } from '../../targets/outbox/verify-records.ts'
import { dateArgument, headsArgument, instantArgument } from '../arguments.ts'
import { readBook, verifyBook, type OpenBook } from '../open-book.ts'
import { counted, type Column } from '../output.ts'
import { createProgress } from '../progress.ts'
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
  verify.option(
    '--rebuild',
    'also make every table anew from the log and compare it row by row; takes as long as processing did',
  )
  handle<VerifyOptions>(registry, verify, (session, { expectHead = [], rebuild = false }) =>
    verifyBook(session, (open) => proveBook(session, open, expectHead, rebuild)),
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
  readonly expectHead?: readonly NotedHead[]
  readonly rebuild?: boolean
}

async function proveBook(
  session: Session,
  open: OpenBook,
  expected: readonly NotedHead[],
  isRebuilding: boolean,
): Promise<'ok' | 'findings'> {
  const { kysely, book } = open
  const made: Rebuilt[] = []
  const rebuild: ExtraCheck = async (_db, _book, findings) => void made.push(await rebuildBook(session, open, findings))
  const checks = [verifyLog, verifyDeliveries, verifyExpected(expected), ...(isRebuilding ? [rebuild] : [])]
  const { transactions, findings } = await verifyLedger(kysely, book, checks)
  const { journals, problems } = await proveJournals(kysely, book)
  const found = findings.length + problems.length
  const [rebuilt = null] = made
  session.show({ book: book.name, transactions, findings, journals, journalProblems: problems, rebuilt }, () => [
    ...findings.map(({ code, sentence }) => `${code}: ${sentence}`),
    ...problems.map((sentence) => `JOURNAL: ${sentence}`),
    ...(rebuilt === null
      ? []
      : [
          `Made anew from ${counted(rebuilt.batches, 'batch', 'batches')} of the log: ${counted(rebuilt.rows, 'row')} of ${counted(rebuilt.tables, 'table')}.`,
        ]),
    `Book ${book.name}: ${counted(transactions, 'transaction')} and ${counted(journals, 'journal')} verified, ` +
      `${found === 0 ? 'everything holds' : counted(found, 'finding')}.`,
  ])
  return found === 0 ? 'ok' : 'findings'
}

/** In temporary databases beside the living one: one, unless the work is repeated. */
async function rebuildBook(session: Session, { kysely, book, config }: OpenBook, findings: Findings): Promise<Rebuilt> {
  const folder = mkdtempSync(join(tmpdir(), 'tieout-rebuild-'))
  const progress = createProgress(session.io.stderr)
  const made: Database[] = []
  const newDatabase = async (): Promise<Database> => {
    const database = await openDatabase(`sqlite:${join(folder, `rebuilt-${machine().uuid().slice(0, 8)}.db`)}`)
    made.push(database)
    return database
  }
  try {
    return await verifyRebuilt({ kysely, book }, newDatabase, config, {
      nowMs: session.clock.nowMs(),
      signal: session.io.signal,
      onBatch: () => progress.add('rebuild', 1),
      findings,
    })
  } finally {
    progress.clear()
    for (const database of made) await database.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function showDigest(session: Session, { kysely, book }: OpenBook): Promise<'ok'> {
  const head = await chainHead(kysely, book)
  const digest = await booksDigest(kysely, book)
  const log = await logHead(kysely, book.id)
  const noted = [`${head.sequence}:${head.hash}`, ...(log === null ? [] : [`${log.place}:${log.hash}`])]
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
