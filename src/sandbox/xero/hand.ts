/** A person at work in the Xero organisations: no API, no tokens, no rules but the books' own. */
import { z } from 'zod'
import type { Hand, HandEdit, HandEntry } from '../targets/hand.ts'
import { guid } from './default-organisation.ts'
import { expireAccess, expireRefresh } from './oauth.ts'
import { changedMs, type XeroJournal, type XeroOrganisation } from './organisation.ts'
import type { XeroWorld } from './service.ts'
import { ticks } from './view.ts'

const settings = z.strictObject({
  company: z.string().optional(),
  periodLockDate: z.iso.date().nullable().optional(),
  endOfYearLockDate: z.iso.date().nullable().optional(),
  isOffline: z.boolean().optional(),
  perMinute: z.int().min(0).nullable().optional(),
  perDay: z.int().min(0).optional(),
  concurrent: z.int().min(0).optional(),
})

const STATUSES = { DRAFT: 'draft', POSTED: 'posted', DELETED: 'deleted', VOIDED: 'voided' } as const

export function xeroHand(world: XeroWorld): Hand {
  const organisations = [...world.organisations.values()]
  const change = (
    id: string,
    make: (found: XeroJournal, organisation: XeroOrganisation) => Partial<XeroJournal> | undefined,
  ): string | undefined => {
    const organisation = organisations.find(({ journals }) => journals.has(id))
    const journal = organisation?.journals.get(id)
    if (organisation === undefined || journal === undefined) return `There is no manual journal ${id}`
    const changes = make(journal, organisation)
    if (changes === undefined) return `The edit of ${id} names an account that does not exist`
    organisation.journals.set(id, { ...journal, updatedMs: changedMs(journal, world.nowMs()), ...changes })
    return undefined
  }
  return {
    entries: () => organisations.flatMap((each) => [...each.journals.values()].map((journal) => show(each, journal))),
    edit: (edit) => change(edit.id, (journal, organisation) => edited(organisation, journal, edit)),
    remove: (id) => change(id, () => ({ status: 'DELETED' })),
    void: (id) => change(id, () => ({ status: 'VOIDED' })),
    duplicate: (id) => {
      const organisation = organisations.find(({ journals }) => journals.has(id))
      const journal = organisation?.journals.get(id)
      if (organisation === undefined || journal === undefined) return `There is no manual journal ${id}`
      organisation.minted += 1
      const copy = {
        ...journal,
        id: guid('copy', organisation.tenantId, organisation.minted),
        updatedMs: world.nowMs(),
      }
      organisation.journals.set(copy.id, copy)
      return undefined
    },
    settings: (body) => {
      const parsed = settings.safeParse(body)
      if (!parsed.success) return z.prettifyError(parsed.error)
      const { company: tenantId = organisations[0]?.tenantId, ...values } = parsed.data
      const organisation = world.organisations.get(tenantId ?? '')
      if (organisation === undefined) return `There is no organisation ${tenantId}`
      Object.assign(organisation.settings, values)
      return undefined
    },
    expire: (what) => {
      if (what !== 'refresh') expireAccess(world.login)
      if (what !== 'access') expireRefresh(world.login)
    },
  }
}

/** Undefined when a line names an account that is not there. */
function edited(
  { accounts }: XeroOrganisation,
  { date, narration, lines }: XeroJournal,
  edit: HandEdit,
): Partial<XeroJournal> | undefined {
  const found = edit.lines?.map(({ account, amount, description }) => {
    const accountId = accounts.find(({ code }) => code === account)?.id
    return accountId === undefined ? undefined : { amount, description, accountId, taxType: 'NONE', tracking: [] }
  })
  if (found?.includes(undefined) === true) return undefined
  const kept = found?.filter((line) => line !== undefined)
  return { date: edit.date ?? date, narration: edit.memo ?? narration, lines: kept ?? lines }
}

function show({ tenantId, baseCurrency, accounts }: XeroOrganisation, journal: XeroJournal): HandEntry {
  const { id, date, narration, status, updatedMs, lines } = journal
  return {
    id,
    company: tenantId,
    document: null,
    date,
    currency: baseCurrency,
    memo: narration,
    status: STATUSES[status],
    version: ticks(updatedMs),
    lines: lines.map(({ accountId, amount, description }) => ({
      account: accounts.find((account) => account.id === accountId)?.code ?? accountId,
      amount,
      description: description ?? '',
    })),
  }
}
