/** A person at work in the QuickBooks companies: no API, no tokens, no rules but the books' own. */
import { z } from 'zod'
import type { Hand, HandEdit, HandEntry } from '../targets/hand.ts'
import { nextId, type QuickbooksCompany, type QuickbooksEntry, type QuickbooksLine } from './company.ts'
import { expireAccess, expireRefresh } from './oauth.ts'
import type { QuickbooksWorld } from './service.ts'

const settings = z.strictObject({
  company: z.string().optional(),
  bookCloseDate: z.iso.date().nullable().optional(),
  warnDuplicateJournalNumber: z.boolean().optional(),
  replaysRefusals: z.boolean().optional(),
  lowerCase401: z.boolean().optional(),
  perMinute: z.int().min(0).nullable().optional(),
  perSecond: z.int().min(0).nullable().optional(),
  /** Of the login, not of one company: a new refresh token at every renewal. */
  rotatesAlways: z.boolean().optional(),
})

export function quickbooksHand(world: QuickbooksWorld): Hand {
  const companies = [...world.companies.values()]
  const change = (id: string, make: (found: QuickbooksEntry) => Partial<QuickbooksEntry>): string | undefined => {
    const company = companies.find(({ entries }) => entries.has(id))
    const entry = company?.entries.get(id)
    if (company === undefined || entry === undefined || entry.isDeleted) return `There is no entry ${id}`
    const { syncToken } = entry
    company.entries.set(id, { ...entry, syncToken: syncToken + 1, updatedMs: world.nowMs(), ...make(entry) })
    return undefined
  }
  return {
    entries: () => companies.flatMap((company) => [...company.entries.values()].map((entry) => show(company, entry))),
    edit: (edit) => change(edit.id, (entry) => edited(entry, edit)),
    remove: (id) => change(id, () => ({ isDeleted: true })),
    // The program's own "void": the amounts become zero and the memo says so.
    void: (id) =>
      change(id, ({ lines, memo }) => ({
        lines: lines.map((line) => ({ ...line, amount: 0n })),
        memo: `Voided${memo === null ? '' : ` - ${memo}`}`,
      })),
    duplicate: (id) => {
      const company = companies.find(({ entries }) => entries.has(id))
      const entry = company?.entries.get(id)
      if (company === undefined || entry === undefined) return `There is no entry ${id}`
      const copy = { ...entry, id: nextId(company), syncToken: 0, createdMs: world.nowMs(), updatedMs: world.nowMs() }
      company.entries.set(copy.id, copy)
      return undefined
    },
    settings: (body) => {
      const parsed = settings.safeParse(body)
      if (!parsed.success) return z.prettifyError(parsed.error)
      const { company: realmId = companies[0]?.realmId, rotatesAlways, ...values } = parsed.data
      const company = world.companies.get(realmId ?? '')
      if (company === undefined) return `There is no company ${realmId}`
      if (rotatesAlways !== undefined) world.login.rotatesAlways = rotatesAlways
      Object.assign(company.preferences, values)
      return undefined
    },
    expire: (what) => {
      if (what !== 'refresh') expireAccess(world.login)
      if (what !== 'access') expireRefresh(world.login)
    },
  }
}

function edited({ document, date, memo, lines }: QuickbooksEntry, edit: HandEdit): Partial<QuickbooksEntry> {
  return {
    document: edit.document ?? document,
    date: edit.date ?? date,
    memo: edit.memo ?? memo,
    lines: edit.lines?.map(lineOf) ?? lines,
  }
}

function lineOf(
  { account, amount, description }: NonNullable<HandEdit['lines']>[number],
  index: number,
): QuickbooksLine {
  return {
    id: String(index),
    description,
    amount: amount < 0n ? -amount : amount,
    posting: amount < 0n ? 'Credit' : 'Debit',
    accountId: account,
    entity: null,
    classId: null,
    departmentId: null,
  }
}

function show({ realmId }: QuickbooksCompany, entry: QuickbooksEntry): HandEntry {
  const { id, document, date, currency, memo, isDeleted, syncToken, lines } = entry
  return {
    id,
    company: realmId,
    document,
    date,
    currency,
    memo: memo ?? '',
    status: isDeleted ? 'deleted' : 'posted',
    version: String(syncToken),
    lines: lines.map(({ accountId, amount, posting, description }) => ({
      account: accountId,
      amount: posting === 'Debit' ? amount : -amount,
      description: description ?? '',
    })),
  }
}
