/**
 * The emulators' books in one file, so that a rehearsal that was killed finds in its accounting systems what it had
 * delivered. Written whole and renamed over before an answer goes out; what only a running service knows (keys of requests,
 * limits used up) is forgotten with it, as a vendor forgets it in time.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { deserialize, serialize } from 'node:v8'
import type { QuickbooksEntry, QuickbooksPreferences } from '../quickbooks/company.ts'
import type { QuickbooksLogin } from '../quickbooks/oauth.ts'
import type { QuickbooksWorld } from '../quickbooks/service.ts'
import type { XeroLogin } from '../xero/oauth.ts'
import type { XeroJournal, XeroSettings } from '../xero/organisation.ts'
import type { XeroWorld } from '../xero/service.ts'

interface Worlds {
  readonly quickbooks: QuickbooksWorld
  readonly xero: XeroWorld
}

interface KeptCompany {
  readonly entries: ReadonlyMap<string, QuickbooksEntry>
  readonly lastId: number
  readonly preferences: QuickbooksPreferences
}

interface KeptOrganisation {
  readonly journals: ReadonlyMap<string, XeroJournal>
  readonly minted: number
  readonly settings: XeroSettings
}

interface Kept {
  readonly version: 1
  readonly quickbooks: {
    readonly login: Pick<QuickbooksLogin, 'connections' | 'minted'>
    readonly companies: ReadonlyMap<string, KeptCompany>
  }
  readonly xero: {
    readonly login: Pick<XeroLogin, 'access' | 'refresh' | 'minted'>
    readonly organisations: ReadonlyMap<string, KeptOrganisation>
  }
}

export function keepWorlds(file: string, { quickbooks, xero }: Worlds): void {
  const kept: Kept = {
    version: 1,
    quickbooks: {
      login: { connections: quickbooks.login.connections, minted: quickbooks.login.minted },
      companies: new Map(
        [...quickbooks.companies].map(([id, { entries, lastId, preferences }]) => [
          id,
          { entries, lastId, preferences },
        ]),
      ),
    },
    xero: {
      login: { access: xero.login.access, refresh: xero.login.refresh, minted: xero.login.minted },
      organisations: new Map(
        [...xero.organisations].map(([id, { journals, minted, settings }]) => [id, { journals, minted, settings }]),
      ),
    },
  }
  writeFileSync(`${file}.new`, serialize(kept))
  renameSync(`${file}.new`, file)
}

/** Nothing happens when there is no file yet. The companies must be those the file was written for. */
export function restoreWorlds(file: string, { quickbooks, xero }: Worlds): void {
  if (!existsSync(file)) return
  // Nobody else writes this file, and it is as throw-away as the rehearsal it belongs to.
  const kept = deserialize(readFileSync(file)) as Kept
  for (const connection of kept.quickbooks.login.connections) quickbooks.login.connections.add(connection)
  quickbooks.login.minted = kept.quickbooks.login.minted
  for (const [id, { entries, lastId, preferences }] of kept.quickbooks.companies) {
    const company = quickbooks.companies.get(id)
    if (company === undefined) continue
    for (const [key, entry] of entries) company.entries.set(key, entry)
    company.lastId = lastId
    Object.assign(company.preferences, preferences)
  }
  for (const [token, access] of kept.xero.login.access) xero.login.access.set(token, access)
  for (const [token, refresh] of kept.xero.login.refresh) xero.login.refresh.set(token, refresh)
  xero.login.minted = kept.xero.login.minted
  for (const [id, { journals, minted, settings }] of kept.xero.organisations) {
    const organisation = xero.organisations.get(id)
    if (organisation === undefined) continue
    for (const [key, journal] of journals) organisation.journals.set(key, journal)
    organisation.minted = minted
    Object.assign(organisation.settings, settings)
  }
}
