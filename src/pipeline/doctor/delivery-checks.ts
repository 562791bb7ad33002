/**
 * Whether journals can be built for each connected target, by the same rule a delivery goes by: a mapping that nobody
 * accepted is better found in the morning than by the first night that delivers nothing.
 */
import { loadMappings, type Mappings } from '../../config/mappings.ts'
import { listConnections } from '../../connections/store.ts'
import { ConfigError } from '../../domain/errors.ts'
import { listBooks } from '../../ledger/books.ts'
import { mappingState } from '../../targets/mapping/readiness.ts'
import { ok, warn, type Finding, type Patient } from './check.ts'

/** Targets that are not connected have a check of their own, and connecting comes first. */
export async function checkDelivery({ config, database }: Patient): Promise<readonly Finding[]> {
  const mappings = database === null ? null : readable(() => loadMappings(config.mappings))
  if (database === null || mappings === null) return []
  const { kysely } = database
  const known = await listBooks(kysely)
  const findings: Finding[] = []
  for (const book of config.books) {
    const id = known.find(({ name }) => name === book.name)?.id
    if (id === undefined) continue
    const connections = await listConnections(kysely, id)
    const connected = new Set(connections.filter(({ status }) => status !== 'disconnected').map(({ target }) => target))
    for (const target of book.targets.filter(({ name }) => connected.has(name))) {
      const { hindrance } = await mappingState(kysely, { book: id, config: book, target, mappings })
      const about = `${book.name}/${target.name}`
      if (hindrance === null) findings.push(ok(about, 'its mapping is complete and accepted'))
      // The sentence ends with what to do.
      else findings.push(warn(about, hindrance, 'Until then its journals wait; nothing is lost.'))
    }
  }
  return findings.length > 0 ? findings : [ok('', 'no accounting system is connected')]
}

/** Mappings with mistakes are what the check of mappings tells. */
function readable(read: () => Mappings): Mappings | null {
  try {
    return read()
  } catch (error) {
    if (error instanceof ConfigError) return null
    throw error
  }
}
