/** Xero as an accounting target: manual journals of one organisation, found by the first word of their narration. */
import type { XeroTargetConfig } from '../../config/target-model.ts'
import type { Company } from '../company.ts'
import type { AccountingTarget, Answer, CreateOutcome, CreateRequest } from '../port.ts'
import type { TargetOptions } from '../target-options.ts'
import type { XeroReply } from './answer.ts'
import { readCompany, readOrganisation, type CompanyAnswers, type Organisation } from './company.ts'
import { createExchange, LIMITS, type ExchangeLimits, type XeroExchange } from './exchange.ts'
import { findEntries, listEntries } from './find.ts'
import { observeJournal } from './observe.ts'
import { journalsSchema } from './schema.ts'
import { journalTrouble, parsed, unknownAnswer, type Context } from './troubles.ts'

export function createXeroTarget(
  options: TargetOptions<XeroTargetConfig>,
  limits: ExchangeLimits = LIMITS,
): AccountingTarget {
  const label = `Xero "${options.label}"`
  const exchange = createExchange(options, limits)
  /** It never changes; which currency an amount is in must be known before anything is compared. */
  let knownCurrency: string | null = null

  const organisation = async (): Promise<Answer<Organisation>> => {
    const answer = await readText(exchange, '/Organisation')
    if (answer.kind !== 'ok') return answer
    const read = readOrganisation(answer.value.body)
    if (read === null) return unknownAnswer(answer.value, { label, target: options.config.name })
    knownCurrency = read.currency
    return { kind: 'ok', value: read }
  }
  const currency = async (): Promise<Answer<string>> => {
    if (knownCurrency !== null) return { kind: 'ok', value: knownCurrency }
    const answer = await organisation()
    return answer.kind === 'ok' ? { kind: 'ok', value: answer.value.currency } : answer
  }
  const reader = { exchange, label, currency }

  return {
    pull: () => pull(exchange, label),
    closedThrough: async () => {
      const answer = await organisation()
      return answer.kind === 'ok' ? { kind: 'ok', value: answer.value.closedThrough } : answer
    },
    create: async (request) => {
      const known = await currency()
      // Only a read was: the journal itself has not been sent.
      if (known.kind !== 'ok') return known.kind === 'throttled' ? { ...known, sent: false } : known
      const answer = await exchange.create(request)
      if (answer.kind !== 'ok') return answer
      const context = { label: `${label} (create ${request.document})`, target: options.config.name }
      return outcomeOf(answer.value, request, known.value, context)
    },
    find: (wanted) => findEntries(reader, wanted),
    list: (query) => listEntries(reader, query),
    // Connections are the shared HTTP client's, or closed after each write.
    close: () => Promise.resolve(),
  }
}

/** A 200 is a journal only with an id, without errors, and when it is the one that was sent. */
function outcomeOf(reply: XeroReply, request: CreateRequest, currency: string, context: Context): CreateOutcome {
  const body = journalsSchema.safeParse(parsed(reply.body))
  const [journal, another] = body.success ? body.data.ManualJournals : []
  if (journal === undefined || another !== undefined) return unknownAnswer(reply, context)
  const trouble = journalTrouble(journal, reply.body, context)
  if (trouble !== null) return trouble
  const observed = observeJournal(journal, currency)
  if (!observed.ok) return unknownAnswer(reply, context)
  if (observed.entry.document === request.document) return { kind: 'created', remote: observed.entry }
  const message = `${context.label}: Xero answered with another journal, "${observed.entry.memo}".`
  return { kind: 'unknown', answered: true, message }
}

const PULLED: Readonly<Record<keyof CompanyAnswers, string>> = {
  organisation: '/Organisation',
  accounts: '/Accounts',
  taxRates: '/TaxRates',
  tracking: '/TrackingCategories',
}

async function pull(exchange: XeroExchange, label: string): Promise<Answer<Company>> {
  const tenant = await exchange.tenant()
  if (tenant.kind !== 'ok') return tenant
  const answers = { organisation: '', accounts: '', taxRates: '', tracking: '' }
  for (const name of ['organisation', 'accounts', 'taxRates', 'tracking'] as const) {
    const answer = await readText(exchange, PULLED[name])
    if (answer.kind !== 'ok') return answer
    answers[name] = answer.value.body
  }
  const company = readCompany(answers, tenant.value)
  if (typeof company !== 'string') return { kind: 'ok', value: company }
  const message = `${label}: the answer of ${PULLED[company]} cannot be read; check urls.api of the target.`
  return { kind: 'unknown', answered: true, message }
}

function readText(exchange: XeroExchange, path: string): Promise<Answer<XeroReply>> {
  return exchange.read({ path, query: {}, purpose: `read ${path}` })
}
