/**
 * Whether anything may be built for a target: its company was pulled, the mapping covers every account, and a person
 * accepted the mapping as it is now. Everything else is one sentence that says what to do.
 */
import type { Kysely } from 'kysely'
import { targetMapping, type Mappings } from '../../config/mappings.ts'
import type { BookConfig } from '../../config/model.ts'
import type { TargetConfig } from '../../config/target-model.ts'
import { readConnection } from '../../connections/store.ts'
import type { Tables } from '../../db/tables.ts'
import { accountsInUse } from './accounts-in-use.ts'
import { checkMapping, isComplete, type MappingCheck } from './check-mapping.ts'
import { knownCompany, type KnownCompany, type TargetKey } from './company-store.ts'
import { changesBetween, mappingLines } from './mapping-lines.ts'
import { acceptedMapping, type MappingVersion } from './versions.ts'

export interface ReadinessRequest {
  readonly book: bigint
  readonly config: Pick<BookConfig, 'sources'>
  readonly target: Pick<TargetConfig, 'name' | 'type' | 'mapping'>
  readonly mappings: Pick<Mappings, 'chart' | 'rules' | 'delivery'>
}

export interface MappingState {
  readonly known: KnownCompany | null
  /** Null before the first pull. */
  readonly check: MappingCheck | null
  readonly accepted: MappingVersion | null
  /** The mapping as its files say it now, and how that differs from what was accepted. */
  readonly lines: readonly string[]
  readonly changes: readonly string[]
  /** Why nothing may be delivered; null when it may. */
  readonly hindrance: string | null
}

export async function mappingState(
  db: Kysely<Tables>,
  { book, config, target, mappings }: ReadinessRequest,
): Promise<MappingState> {
  const key = { book, target: target.name }
  const mapping = targetMapping(mappings, target)
  const known = await knownCompany(db, key)
  const accepted = await acceptedMapping(db, key)
  const lines = mappingLines(mapping)
  const changes = changesBetween(accepted?.lines ?? [], lines)
  const inUse = await accountsInUse(db, book, config, mappings.rules)
  const check =
    known === null
      ? null
      : checkMapping({ type: target.type, mapping, company: known.company, chart: mappings.chart, inUse })
  const elsewhere = known === null ? null : await otherCompany(db, key, known)
  const hindrance = elsewhere ?? hindranceOf(target.name, { known, check, accepted, changes })
  return { known, check, accepted, lines, changes, hindrance }
}

/** After a new consent the accounts that are known may be another company's. A custom connection does not name its own. */
async function otherCompany(db: Kysely<Tables>, key: TargetKey, { company }: KnownCompany): Promise<string | null> {
  const connection = await readConnection(db, key)
  if (connection === undefined || connection.company_id === '' || connection.company_id === company.id) return null
  return `Target ${key.target} is connected to ${connection.company_name}, and the accounts that are known are those of ${company.name}. Run: tieout mappings pull --target ${key.target}.`
}

function hindranceOf(
  target: string,
  { known, check, accepted, changes }: Pick<MappingState, 'known' | 'check' | 'accepted' | 'changes'>,
): string | null {
  if (known === null || check === null) {
    return `What ${target} has for accounts is not known yet. Run: tieout mappings pull --target ${target}.`
  }
  if (!isComplete(check)) {
    const missing = check.accounts.filter(({ account }) => account === null).length + check.problems.length
    return `The mapping to ${target} covers ${check.coveragePercent} % of the accounts, with ${missing} to mend. Run: tieout mappings check --target ${target}.`
  }
  const accept = `Read it with tieout mappings show, then: tieout mappings accept --target ${target} --by NAME.`
  if (accepted === null) return `Nobody has accepted the mapping to ${target} yet. ${accept}`
  if (changes.length === 0) return null
  return `The mapping to ${target} has ${changes.length} lines that are not as ${accepted.acceptedBy} accepted them. ${accept}`
}
