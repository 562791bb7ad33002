/** `tieout payelancer campaigns resolve`: a person's word about a campaign that was sent and whose outcome nobody knows. */
import type { Command } from 'commander'
import { InputError } from '../../domain/errors.ts'
import { resolveCampaign } from '../../pipeline/panel-writes/campaign.ts'
import { choosePayelancer } from '../choose-source.ts'
import type { ExitName } from '../exit-codes.ts'
import { runDatabase } from '../open-book.ts'
import { askPerson, signed, type PersonOptions } from '../person.ts'
import { createProgress } from '../progress.ts'
import { handle, type Registry, type Session } from '../session.ts'
import { campaignView } from '../views/payelancer.ts'
import { runEnvironment } from './sync.ts'

interface ResolveOptions extends PersonOptions {
  readonly source?: string
  readonly campaign?: string
  readonly notCreated?: boolean
  readonly dryRun?: boolean
}

export function registerCampaignResolve(registry: Registry, campaigns: Command): void {
  const resolve = askPerson(
    campaigns.command('resolve').argument('<ref>', 'as tieout payelancer campaigns list shows it'),
  )
    .description('say what happened to a campaign of unknown outcome, after looking in the account')
    .option('--source <account>', 'which account; needed when the book has several')
    .option('--campaign <id>', 'it was created, and this is its id')
    .option('--not-created', 'it was not created')
    .option('--dry-run', 'check what was said, and keep nothing')
  handle<ResolveOptions>(registry, resolve, (session, options, [ref = '']) => runResolve(session, options, ref))
}

async function runResolve(session: Session, options: ResolveOptions, ref: string): Promise<ExitName> {
  const { name: source, currency } = choosePayelancer(session, options.source)
  const { notCreated = false, dryRun = false } = options
  const campaignId = options.campaign?.trim() ?? null
  if ((campaignId === null) !== notCreated || campaignId === '') {
    throw new InputError(
      'RESOLUTION',
      'Say what happened: exactly one of --campaign ID and --not-created.',
      'Look in the Payelancer account first.',
    )
  }
  const { by, why } = signed(options)
  return runDatabase(session, { dryRun }, async (database) => {
    const environment = runEnvironment(session, database, createProgress(session.io.stderr))
    const request = { config: session.config(), book: session.book(), env: session.io.env, source }
    const campaign = await resolveCampaign(environment, request, { ref, campaignId, by, why })
    session.show({ ...campaignView(source, currency, campaign), dryRun }, () => [
      campaignId === null
        ? `${source}: campaign ${ref} ("${campaign.name}") is closed as not created.`
        : `${source}: campaign ${ref} ("${campaign.name}") is campaign ${campaignId} of the account.`,
      ...(dryRun ? ['Dry run: nothing was kept.'] : []),
    ])
    return 'ok'
  })
}
