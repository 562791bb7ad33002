/** `tieout payelancer stats|formats|campaigns`: every call of the network's API. Only creating a campaign writes anything. */
import { InputError } from '../../domain/errors.ts'
import { formatMoney, parseMoney } from '../../domain/money/money.ts'
import { listCampaigns, type Campaign } from '../../evidence/campaigns.ts'
import { createCampaign } from '../../pipeline/panel-writes/campaign.ts'
import { withClients } from '../../pipeline/panel-writes/write-run.ts'
import type { LandedAnswer } from '../../sources/answer.ts'
import type { PayelancerClient, PayelancerExchange } from '../../sources/payelancer/client.ts'
import { observeAdFormats, observeStats } from '../../sources/payelancer/observe.ts'
import { newCampaignSchema, type NewCampaign } from '../../sources/payelancer/requests.ts'
import { choosePayelancer } from '../choose-source.ts'
import { confirm } from '../confirm.ts'
import type { ExitName } from '../exit-codes.ts'
import { readBook, runDatabase } from '../open-book.ts'
import { counted } from '../output.ts'
import { createProgress } from '../progress.ts'
import { handle, type Registry, type Session } from '../session.ts'
import { refusal, requireAnswer, requireUsable } from '../vendor-refusal.ts'
import {
  CAMPAIGN_COLUMNS,
  campaignCells,
  campaignView,
  createdLines,
  FORMAT_COLUMNS,
  statsLines,
  statsView,
} from '../views/payelancer.ts'
import { uncertainName } from './exception-answers.ts'
import { runEnvironment } from './sync.ts'

interface SourceOption {
  readonly source?: string
}

interface CreateOptions extends SourceOption {
  readonly name: string
  readonly budget: string
  readonly targetUrl: string
  readonly again?: boolean
  readonly yes?: boolean
  readonly dryRun?: boolean
}

const SOURCE_FLAG = ['--source <account>', 'which account; needed when the book has several'] as const

export function registerPayelancer(registry: Registry): void {
  const payelancer = registry.program.command('payelancer').description("the ad network's own calls")
  const stats = payelancer
    .command('stats')
    .description("the account's lifetime counters now; nothing is booked")
    .option(...SOURCE_FLAG)
  handle<SourceOption>(registry, stats, showStats)
  const formats = payelancer
    .command('formats')
    .description('the ad formats the network supports')
    .option(...SOURCE_FLAG)
  handle<SourceOption>(registry, formats, showFormats)
  const campaigns = payelancer.command('campaigns').description('advertising campaigns')
  const create = campaigns
    .command('create')
    .description('create a campaign; its budget is a commitment and is not booked')
    .requiredOption('--name <name>', 'what it is called')
    .requiredOption('--budget <amount>', 'in the currency of the account, such as 500.00')
    .requiredOption('--target-url <url>', 'where an ad leads')
    .option(...SOURCE_FLAG)
    .option('--again', 'also when exactly this campaign was created within a day')
    .option('--yes', 'do not ask')
    .option('--dry-run', 'check and show, and send nothing')
  handle<CreateOptions>(registry, create, runCreate)
  const list = campaigns
    .command('list')
    .description('campaigns created from here: commitments, and what is known of them')
  handle(registry, list, showCampaigns)
}

async function showStats(session: Session, { source }: SourceOption): Promise<'ok'> {
  const { name, currency } = choosePayelancer(session, source)
  const stats = requireUsable(observeStats(await ask(session, name, (client, signal) => client.stats(signal))))
  session.show(statsView(name, currency, stats), () => statsLines(name, currency, stats))
  return 'ok'
}

async function showFormats(session: Session, { source }: SourceOption): Promise<'ok'> {
  const { name } = choosePayelancer(session, source)
  const { rows } = requireUsable(
    observeAdFormats(await ask(session, name, (client, signal) => client.adFormats(signal))),
  )
  session.show({ source: name, formats: rows }, () => [
    ...session.table(
      FORMAT_COLUMNS,
      rows.map(({ id, name, dimensions }) => [id, name, dimensions]),
    ),
    '',
    counted(rows.length, 'format'),
  ])
  return 'ok'
}

async function runCreate(session: Session, options: CreateOptions): Promise<ExitName> {
  const { name: source, currency, role } = choosePayelancer(session, options.source)
  const campaign = readCampaign(options)
  if (role !== 'advertiser') {
    throw new InputError('NOT_ADVERTISER', `"${source}" is a ${role} account.`, 'Only an advertiser creates campaigns.')
  }
  const sentence = `${source}: campaign "${campaign.name}" with a budget of ${shown(campaign.budget)} ${currency}, leading to ${campaign.targetUrl}`
  if (options.dryRun === true) {
    session.show({ source, campaign, dryRun: true }, () => [`${sentence}.`, 'Dry run: nothing was sent.'])
    return 'ok'
  }
  if (!(await confirm(session, options.yes ?? false, `${sentence}. Create it`))) {
    session.show({ source, sent: false }, () => ['Nothing was sent.'])
    return 'ok'
  }
  return runDatabase(session, { dryRun: false, shownBy: 'tieout payelancer campaigns list' }, async (database) => {
    const environment = runEnvironment(session, database, createProgress(session.io.stderr))
    const again = options.again === true
    const request = { config: session.config(), book: session.book(), env: session.io.env, source, again }
    const { campaign: created, outcome } = await createCampaign(environment, request, campaign)
    if (created.state === 'refused') {
      throw refusal(outcome, `The campaign was not created: ${created.detail.replace(/\.$/, '')}.`, 'CAMPAIGN')
    }
    const exception = await uncertainName(database, session, source, `campaign:${created.ref}`)
    session.show(campaignView(source, currency, created), () => createdLines(source, currency, created, exception))
    return created.state === 'created' ? 'ok' : 'findings'
  })
}

function readCampaign({ name, budget, targetUrl }: CreateOptions): NewCampaign {
  const parsed = newCampaignSchema.safeParse({ name, budget, targetUrl })
  if (parsed.success) return parsed.data
  const flags: Readonly<Record<string, string>> = { name: '--name', budget: '--budget', targetUrl: '--target-url' }
  const problems = parsed.error.issues.map(({ path, message }) => `${flags[String(path[0])] ?? ''}: ${message}`)
  throw new InputError('CAMPAIGN_FIELDS', `The campaign cannot be sent: ${problems.join('; ')}.`, 'Nothing was sent.')
}

function showCampaigns(session: Session): Promise<ExitName> {
  return readBook(session, async ({ kysely, book, config }) => {
    const ids = await kysely.selectFrom('source').select(['id', 'name']).where('book', '=', book.id).execute()
    const found: { readonly name: string; readonly currency: string; readonly campaign: Campaign }[] = []
    for (const { name, currency, type } of config.sources) {
      const id = ids.find((source) => source.name === name)?.id
      if (type !== 'payelancer' || id === undefined) continue
      for (const campaign of await listCampaigns(kysely, book.id, id)) found.push({ name, currency, campaign })
    }
    session.show(
      found.map(({ name, currency, campaign }) => campaignView(name, currency, campaign)),
      () => [
        ...session.table(
          CAMPAIGN_COLUMNS,
          found.map(({ name, currency, campaign }) => campaignCells(name, currency, campaign)),
        ),
        '',
        `${counted(found.length, 'campaign')}. A budget is a commitment: nothing of it is booked before it is spent.`,
      ],
    )
    // Like the panel's list: what nobody knows the outcome of must be seen.
    return found.some(({ campaign }) => campaign.state === 'unknown') ? 'findings' : 'ok'
  })
}

function ask(
  session: Session,
  source: string,
  call: (client: PayelancerClient, signal: AbortSignal) => Promise<PayelancerExchange>,
): Promise<LandedAnswer> {
  const request = { config: session.config(), book: session.book(), env: session.io.env, source }
  return withClients(session, request, async (plan) => {
    if (plan.kind === 'panel') throw new RangeError(`${source} is not a Payelancer account`)
    return requireAnswer((await call(plan.task().client, session.io.signal)).outcome)
  })
}

function shown(budget: string): string {
  const parsed = parseMoney(budget)
  return parsed.ok ? formatMoney(parsed.units) : budget
}
