/**
 * `tieout panel add`: one order, checked against the panel's own catalogue, shown with its price, asked about, sent once.
 * An answer that never came leaves an order of unknown outcome, which is an exception.
 */
import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { InputError } from '../../domain/errors.ts'
import { formatMoney } from '../../domain/money/money.ts'
import { WALLET_DIFFERS, type PanelAdd } from '../../evidence/panel-adds.ts'
import { placePanelOrder } from '../../pipeline/panel-writes/place.ts'
import { checkWallet, findService, quoteOrder } from '../../pipeline/panel-writes/quote.ts'
import { observeBalance } from '../../sources/panel/observe-account.ts'
import { observeServices } from '../../sources/panel/observe-services.ts'
import { wholeNumberArgument } from '../arguments.ts'
import { askPanel, required, SOURCE_FLAG, type SourceOption } from '../ask-panel.ts'
import { choosePanel } from '../choose-source.ts'
import { confirm } from '../confirm.ts'
import type { ExitName } from '../exit-codes.ts'
import { runDatabase } from '../open-book.ts'
import { createProgress } from '../progress.ts'
import { handle, type Registry, type Session } from '../session.ts'
import { refusal, requireUsable } from '../vendor-refusal.ts'
import { addView, placedLines, quoteLines, quoteView, unknownLines } from '../views/panel-add.ts'
import { uncertainName } from './exception-answers.ts'
import { runEnvironment } from './sync.ts'

interface AddOptions extends SourceOption {
  readonly service: string
  readonly link?: string
  readonly quantity?: number
  readonly runs?: number
  readonly interval?: number
  readonly keywords?: readonly string[]
  readonly keywordsFile?: string
  readonly comment?: readonly string[]
  readonly commentsFile?: string
  readonly group?: readonly string[]
  readonly groupsFile?: string
  readonly answerNumber?: number
  readonly username?: string
  readonly min?: number
  readonly max?: number
  readonly delay?: number
  readonly posts?: number
  readonly oldPosts?: number
  readonly expiry?: string
  readonly again?: boolean
  readonly yes?: boolean
  readonly dryRun?: boolean
}

const collect = (text: string, before: readonly string[] = []): readonly string[] => [...before, text]
const split = (text: string, before: readonly string[] = []): readonly string[] => [...before, ...text.split(',')]

export function registerPanelAdd(registry: Registry, panel: Command): void {
  const add = panel
    .command('add')
    .description('place one order, after checking and showing what it costs')
    .requiredOption(
      '--service <id>',
      'the service, as tieout panel services lists it; its type decides the flags below',
    )
    .option(...SOURCE_FLAG)
    .option('--link <link>', 'the page; not for Custom Comments Package')
    .option('--quantity <n>', 'Default, SEO, Poll, Invites from Groups', wholeNumberArgument)
    .option('--runs <n>', 'Default: drip-feed, how many times the quantity', wholeNumberArgument)
    .option('--interval <minutes>', 'Default: between the runs', wholeNumberArgument)
    .option('--keywords <list>', 'SEO: with commas between; may be repeated', split)
    .option('--keywords-file <path>', 'SEO: one per line')
    .option('--comment <text>', 'Custom Comments: one comment; repeat it for more', collect)
    .option('--comments-file <path>', 'Custom Comments: one per line')
    .option('--answer-number <n>', 'Poll: which answer to vote for', wholeNumberArgument)
    .option('--group <name>', 'Invites from Groups: one source group; repeat it for more', collect)
    .option('--groups-file <path>', 'Invites from Groups: one per line')
    .option('--username <name>', 'Custom Comments Package: whose posts')
    .option('--min <n>', 'Custom Comments Package: fewest comments a post', wholeNumberArgument)
    .option('--max <n>', 'Custom Comments Package: most comments a post; charged for', wholeNumberArgument)
    .option('--delay <minutes>', 'Custom Comments Package: between posts', wholeNumberArgument)
    .option('--posts <n>', 'Custom Comments Package: how many posts (1)', wholeNumberArgument)
    .option('--old-posts <n>', 'Custom Comments Package: how many published posts too', wholeNumberArgument)
    .option('--expiry <date>', 'Custom Comments Package: YYYY-MM-DD')
    .option('--again', 'also when exactly this order was placed within a day')
    .option('--yes', 'do not ask')
    .option('--dry-run', 'check and show, and send nothing')
  handle<AddOptions>(registry, add, runAdd)
}

async function runAdd(session: Session, options: AddOptions): Promise<ExitName> {
  const { name: source, currency } = choosePanel(session, options.source)
  const fields = orderFields(options)
  const [services, balance] = await askPanel(session, source, (client, signal) => [
    client.services(signal),
    client.balance(signal),
  ])
  const catalogue = requireUsable(observeServices(required(services)))
  const quote = quoteOrder(findService(catalogue, options.service), fields)
  const wallet = requireUsable(observeBalance(required(balance)))
  const isDry = options.dryRun === true
  if (isDry || !session.json) {
    const document = { ...quoteView(source, currency, quote, wallet), dryRun: isDry }
    session.show(document, () => [
      ...quoteLines(source, currency, quote, wallet),
      ...(isDry ? ['Dry run: nothing was sent.'] : []),
    ])
  }
  checkWallet(quote, wallet, currency)
  if (isDry) return 'ok'
  const cost = quote.prices.map(({ price }) => formatMoney(price)).join(' or ')
  if (!(await confirm(session, options.yes ?? false, `Send this order for ${cost} ${currency} to ${source}`))) {
    session.show({ source, sent: false }, () => ['Nothing was sent.'])
    return 'ok'
  }
  return runDatabase(session, { dryRun: false, shownBy: 'tieout todo' }, async (database) => {
    const environment = runEnvironment(session, database, createProgress(session.io.stderr))
    const again = options.again === true
    const request = { config: session.config(), book: session.book(), env: session.io.env, source, again }
    const add = await placePanelOrder(environment, request, quote)
    return report(session, { source, currency }, add, await uncertainName(database, session, source, `add:${add.ref}`))
  })
}

function report(
  session: Session,
  { source, currency }: { readonly source: string; readonly currency: string },
  add: PanelAdd,
  exception: string,
): ExitName {
  switch (add.state) {
    case 'placed':
      session.show(addView(source, currency, add), () => placedLines(source, currency, add))
      return add.outcome === WALLET_DIFFERS ? 'findings' : 'ok'
    case 'sent':
    case 'unknown':
      session.show(addView(source, currency, add), () => unknownLines(source, add, exception))
      return 'findings'
    case 'refused':
    case 'not-placed':
      throw refusal(add.outcome, `The order was not placed: ${add.detail.replace(/\.$/, '')}.`, 'ORDER')
  }
}

/** By the panel's own parameter names, and only what was given: the type of the service decides what is needed. */
function orderFields(options: AddOptions): Readonly<Record<string, unknown>> {
  const fields = {
    link: options.link,
    quantity: options.quantity,
    runs: options.runs,
    interval: options.interval,
    keywords: lines(options.keywords, options.keywordsFile),
    comments: lines(options.comment, options.commentsFile),
    groups: lines(options.group, options.groupsFile),
    answer_number: options.answerNumber,
    username: options.username,
    min: options.min,
    max: options.max,
    delay: options.delay,
    posts: options.posts,
    old_posts: options.oldPosts,
    expiry: options.expiry,
  }
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

/** Lines that say something: panels count only those. */
function lines(typed: readonly string[] | undefined, path: string | undefined): readonly string[] | undefined {
  if (typed === undefined && path === undefined) return undefined
  const all = [...(typed ?? []), ...(path === undefined ? [] : [readLines(path)])]
  return all.flatMap((text) => text.split(/\r\n|\r|\n/)).filter((line) => line.trim() !== '')
}

function readLines(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new InputError('FILE_UNREADABLE', `The file ${path} cannot be read: ${reason}.`, 'Check the path.')
  }
}
