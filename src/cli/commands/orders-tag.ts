/** `tieout orders tag` and `untag`: whom orders were for, as evidence; a class or tracking category may come from it. */
import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { InputError } from '../../domain/errors.ts'
import { tagOrderIds } from '../../pipeline/imports.ts'
import { choosePanel } from '../choose-source.ts'
import type { ExitName } from '../exit-codes.ts'
import { runDatabase } from '../open-book.ts'
import { orderIds } from '../order-ids.ts'
import { createProgress } from '../progress.ts'
import { handle, type Registry, type Session } from '../session.ts'
import { runEnvironment } from './sync.ts'

interface TagOptions {
  readonly client?: string
  readonly by: string
  readonly file?: string
  readonly source?: string
  readonly dryRun?: boolean
}

const MOST_CHARACTERS = 100

export function registerOrdersTag(registry: Registry, orders: Command): void {
  const tag = withOrders(orders.command('tag').description('say which client orders were for')).requiredOption(
    '--client <tag>',
    'the client, as the mapping names it under dimensions',
  )
  handle<TagOptions>(registry, tag, (session, options, ids) => runTag(session, options, ids, clientTag(options.client)))
  const untag = withOrders(orders.command('untag').description('take the client of orders away again'))
  handle<TagOptions>(registry, untag, (session, options, ids) => runTag(session, options, ids, null))
}

function withOrders(command: Command): Command {
  return command
    .argument('[ids...]', 'order ids as the panel shows them')
    .option('--by <name>', 'who says so, kept with it; default the user running this')
    .option('--file <path>', 'more order ids, one to a line')
    .option('--source <panel>', 'the panel they were placed on; needed when the book has several')
    .option('--dry-run', 'show what would change, and keep nothing')
}

async function runTag(
  session: Session,
  { source, file, by, dryRun = false }: TagOptions,
  texts: readonly string[],
  client: string | null,
): Promise<ExitName> {
  const panel = choosePanel(session, source)
  const ids = orderIds([...texts, ...(file === undefined ? [] : linesOf(file))])
  if (ids.length === 0) {
    throw new InputError('ORDERS_NEEDED', 'No order is named.', 'Give order ids, or a file of them with --file PATH.')
  }
  return runDatabase(session, { dryRun }, async (database) => {
    const environment = runEnvironment(session, database, createProgress(session.io.stderr))
    const request = { config: session.config(), book: session.book(), env: session.io.env }
    const { changed, unchanged } = await tagOrderIds(environment, request, panel.name, { client, ids, by })
    const kept = dryRun ? ' Dry run: nothing was kept.' : ''
    const said = client === null ? 'untagged' : `tagged for ${client}`
    session.show({ source: panel.name, client, changed, unchanged, dryRun }, () => [
      `${panel.name}: ${changed} ${said}, ${unchanged} were so before.${kept} Journals approved from now on are divided by it.`,
    ])
    return 'ok'
  })
}

function clientTag(text = ''): string {
  const tag = text.trim()
  if (tag !== '' && tag.length <= MOST_CHARACTERS && !/\p{Cc}/u.test(tag)) return tag
  throw new InputError(
    'CLIENT_TAG',
    `"${text}" is not a client.`,
    `Give a name of at most ${MOST_CHARACTERS} characters on one line; to take a tag away: tieout orders untag.`,
  )
}

function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8')
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== '')
  } catch (cause) {
    const hint = 'Check the path; the file has one order id to a line.'
    throw new InputError('ORDERS_FILE', `The file ${file} cannot be read.`, hint, { cause })
  }
}
