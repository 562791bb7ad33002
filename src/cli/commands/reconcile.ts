/** `tieout reconcile …`: statement lines against what the books expect, and a person's word where no rule decides. */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import { InputError } from '../../domain/errors.ts'
import { openItems } from '../../evidence/open-items.ts'
import { matchesById, matchIds } from '../../evidence/read-matches.ts'
import { openLines } from '../../evidence/statements/lines.ts'
import { sourceIds, type Book } from '../../ledger/books.ts'
import { planContext } from '../../pipeline/plan-context.ts'
import { waitingAsks } from '../../pipeline/process/waiting-asks.ts'
import { runReconcile } from '../../pipeline/reconcile/run.ts'
import { nightOf } from '../../pipeline/sync.ts'
import { dateArgument, wholeNumberArgument } from '../arguments.ts'
import type { ExitName } from '../exit-codes.ts'
import { readBook, runDatabase } from '../open-book.ts'
import { counted, type Column } from '../output.ts'
import { createProgress } from '../progress.ts'
import { handle, type Registry, type Session } from '../session.ts'
import { ASK_COLUMNS, askRow, askView } from '../views/asks.ts'
import {
  ENDING_COLUMNS,
  endingRows,
  MATCH_COLUMNS,
  matchRow,
  matchView,
  OPEN_ITEM_COLUMNS,
  OPEN_LINE_COLUMNS,
  openItemRow,
  openItemView,
  openLineRow,
  openLineView,
  runView,
} from '../views/reconcile.ts'
import { registerReconcileDecisions } from './reconcile-decisions.ts'
import { registerReconcileProofs } from './reconcile-proofs.ts'
import { runEnvironment } from './sync.ts'

interface RunOptions {
  readonly dryRun?: boolean
  readonly day?: string
}

interface ListOptions {
  readonly lines?: boolean
  readonly items?: boolean
  readonly matches?: boolean
  readonly proposals?: boolean
  readonly asks?: boolean
  readonly limit: number
}

const LIMIT = 50

export function registerReconcile(registry: Registry): void {
  const reconcile = registry.program
    .command('reconcile')
    .description('match statement lines with what the books expect, and decide what no rule does')
  const run = reconcile
    .command('run')
    .description("the night's reconciliation, without asking any vendor")
    .option('--day <date>', 'the night it counts as; default: the last one that ended', dateArgument)
    .option('--dry-run', 'show what would be matched, and keep nothing')
  handle<RunOptions>(registry, run, runNow)
  const list = reconcile
    .command('list')
    .description('what is open on both sides, and what is proposed')
    .option('--lines', 'open statement lines')
    .option('--items', 'open items: what statements are expected to show')
    .option('--matches', 'matches made, undone and proposed, the newest first')
    .option('--proposals', 'matches that wait for a person')
    .option('--asks', 'decisions that wait for a second person')
    .option('--limit <number>', 'at most so many of each', wholeNumberArgument, LIMIT)
  handle<ListOptions>(registry, list, runList)
  registerReconcileDecisions(registry, reconcile)
  registerReconcileProofs(registry, reconcile)
}

/** Payouts fall due by the day that is named, so a day that has not ended would bring them too early for good. */
function notEnded(day: string, ended: string): InputError {
  const message = `${day} has not ended yet; the last day that has is ${ended}.`
  return new InputError('DAY_NOT_ENDED', message, `tieout reconcile run --day ${ended}, or leave --day out.`)
}

async function runNow(session: Session, { dryRun = false, day }: RunOptions): Promise<ExitName> {
  return runDatabase(session, { dryRun }, async (database) => {
    const environment = runEnvironment(session, database, createProgress(session.io.stderr))
    const book = session.book()
    const request = { config: session.config(), book, env: session.io.env }
    const ended = nightOf(session.clock.nowMs(), book.timeZone)
    const night = day ?? ended
    if (night > ended) throw notEnded(night, ended)
    const outcome = await runReconcile(environment, request, night)
    session.show(runView(outcome), () => {
      const { run, posted } = outcome
      if (run === null)
        return [`Book "${book.name}" has no money accounts and no payouts: there is nothing to reconcile.`]
      const { summary, proposed } = run
      return [
        `Reconciliation of ${night}`,
        '',
        ...session.table(ENDING_COLUMNS, summary.currencies.flatMap(endingRows)),
        ...(proposed.length === 0
          ? []
          : [
              '',
              'Proposed, for a person to confirm or reject:',
              ...session.table(MATCH_COLUMNS, proposed.map(matchRow)),
            ]),
        '',
        posted === 0 ? 'Nothing was posted.' : `${counted(posted, 'transaction')} posted.`,
        ...(summary.unbooked === 0
          ? []
          : [`${counted(summary.unbooked, 'match', 'matches')} cannot be booked yet: tieout todo says why.`]),
        ...(dryRun ? ['Dry run: nothing was kept.'] : []),
      ]
    })
    return 'ok'
  })
}

interface Part {
  readonly name: 'lines' | 'items' | 'proposals' | 'asks' | 'matches'
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly string[])[]
  readonly document: readonly unknown[]
  /** "open line", and the word for several where it is not just an s. */
  readonly noun: string
  readonly nouns?: string
  /** Instead of an empty table. */
  readonly none?: string
  /** Below a table that is not empty. */
  readonly hint?: string
}

async function runList(session: Session, options: ListOptions): Promise<ExitName> {
  const { limit } = options
  const asked = PARTS.filter((name) => options[name] === true)
  const wanted = asked.length > 0 ? asked : PARTS.filter((name) => name !== 'matches')
  return readBook(session, async ({ kysely, book }) => {
    const parts: Part[] = []
    for (const name of wanted) parts.push(await readPart(kysely, book, name, limit))
    session.show(Object.fromEntries(parts.map(({ name, document }) => [name, document])), () => [
      // Most books have no asks, and need not be told so.
      ...parts
        .filter(({ name, rows }) => name !== 'asks' || asked.length > 0 || rows.length > 0)
        .flatMap(({ columns, rows, noun, nouns, none, hint }) =>
          rows.length === 0 && none !== undefined
            ? [none, '']
            : [
                ...session.table(columns, rows.slice(0, limit)),
                `${counted(rows.length, noun, nouns)}${rows.length > limit ? '; --limit shows more' : ''}.`,
                ...(hint === undefined || rows.length === 0 ? [] : [hint]),
                '',
              ],
        ),
      'Decide with: tieout decide line:LINE WORD, decide item:ITEM WORD, decide match:MATCH confirm or reject; undo match:MATCH;',
      'tieout reconcile match LINES --item ITEMS, where several settle several.',
    ])
    return 'ok'
  })
}

const PARTS = ['lines', 'items', 'proposals', 'asks', 'matches'] as const

async function readPart(kysely: Kysely<Tables>, book: Book, name: Part['name'], limit: number): Promise<Part> {
  switch (name) {
    case 'lines': {
      const names = new Map([...(await sourceIds(kysely, book))].map(([source, id]) => [id, source]))
      const held = (await openLines(kysely, book.id)).map((line) => ({ line, account: names.get(line.account) ?? '' }))
      const rows = held.map(({ line, account }) => openLineRow(line, account))
      const document = held.map(({ line, account }) => openLineView(line, account))
      return { name, columns: OPEN_LINE_COLUMNS, rows, document, noun: 'open line' }
    }
    case 'items': {
      const held = await openItems(kysely, book.id)
      const [rows, document] = [held.map(openItemRow), held.map(openItemView)]
      return { name, columns: OPEN_ITEM_COLUMNS, rows, document, noun: 'open item' }
    }
    case 'proposals': {
      const held = await matchesById(kysely, book.id, await matchIds(kysely, book.id, ['proposed']))
      return { name, columns: MATCH_COLUMNS, rows: held.map(matchRow), document: held.map(matchView), noun: 'proposal' }
    }
    case 'asks': {
      const context = await planContext(kysely, book)
      const held = context === null ? [] : await waitingAsks(context)
      const [rows, document] = [held.map(askRow), held.map(askView)]
      const nouns = 'decisions that wait for a second person to enter the same'
      return {
        name,
        columns: ASK_COLUMNS,
        rows,
        document,
        noun: nouns.replace('decisions that wait', 'decision that waits'),
        nouns,
        none: 'Nothing waits for a second person.',
        hint: 'With --dry-run the command shows what it would post.',
      }
    }
    case 'matches': {
      const newest = await matchIds(kysely, book.id, ['proposed', 'active', 'undone'], limit)
      const held = (await matchesById(kysely, book.id, newest)).toReversed()
      return {
        name,
        columns: MATCH_COLUMNS,
        rows: held.map(matchRow),
        document: held.map(matchView),
        noun: 'match',
        nouns: 'matches',
      }
    }
  }
}
