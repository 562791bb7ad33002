/**
 * The one place where work on a database is repeated after the connection was lost: a transaction, or a statement outside
 * of one, is done again whole on another connection. What runs in a transaction must therefore change nothing but the
 * database. A COMMIT whose answer was lost may have been kept: its mark is read before anything is repeated.
 */
import {
  Kysely,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  type TransactionSettings,
} from 'kysely'
import type { CommitMarks, Mark } from './commit-marks.ts'
import type { Outage } from './outage.ts'
import type { Tables } from './tables.ts'
import { troubleIn, type DatabaseTrouble } from './trouble.ts'

export interface Repeating {
  readonly outage: Outage
  /** Null for an engine that is a file: its COMMIT answers or fails. */
  readonly marks: CommitMarks | null
}

export function repeatingKysely(dialect: Dialect, { outage, marks }: Repeating): Kysely<Tables> {
  const driver = dialect.createDriver()
  const once = new Kysely<Tables>({
    dialect: {
      createDriver: () => driver,
      createAdapter: () => dialect.createAdapter(),
      createIntrospector: (db) => dialect.createIntrospector(db),
      createQueryCompiler: () => dialect.createQueryCompiler(),
    },
  })
  const plain = once.getExecutor()
  /** Asked on a connection of its own, for as long as the outage may last. */
  const isKept = async (mark: Mark): Promise<boolean> =>
    marks !== null && outage.through(() => plain.provideConnection((connection) => marks.isKept(connection, mark)))
  const executor = plain.withConnectionProvider({
    provideConnection: (consumer) =>
      outage.through(() =>
        plain.provideConnection((connection) => consumer(new UnitConnection(connection, { driver, marks, isKept }))),
      ),
  })
  return new Kysely<Tables>({ config: { dialect }, dialect, driver: new UnitDriver(driver, once), executor })
}

interface UnitParts {
  readonly driver: Driver
  readonly marks: CommitMarks | null
  readonly isKept: (mark: Mark) => Promise<boolean>
}

/** One use of a connection. A write outside of a transaction gets one, since its answer can be lost like that of a COMMIT. */
class UnitConnection implements DatabaseConnection {
  readonly #inner: DatabaseConnection
  readonly #parts: UnitParts
  #isOpen = false
  #mark: Mark | null = null
  /** Its COMMIT was sent, and nobody could be asked what came of it. */
  #isUnsure = false
  /** What broke the transaction: the engine may have ended it, and a statement after that would be one of its own. */
  #broken: DatabaseTrouble | null = null

  constructor(inner: DatabaseConnection, parts: UnitParts) {
    this.#inner = inner
    this.#parts = parts
  }

  async begin(settings: TransactionSettings): Promise<void> {
    const { driver, marks } = this.#parts
    await driver.beginTransaction(this.#inner, settings)
    this.#isOpen = true
    this.#broken = null
    if (settings.accessMode === 'read only') return
    try {
      this.#mark = marks === null ? null : await marks.leave(this.#inner)
    } catch (error) {
      await this.rollback()
      throw error
    }
  }

  async commit(): Promise<void> {
    const mark = this.#mark
    try {
      if (this.#broken !== null) throw this.#broken
      await this.#parts.driver.commitTransaction(this.#inner)
    } catch (error) {
      if (mark === null || this.#broken !== null || troubleIn(error) === null) throw error
      this.#isUnsure = true
      const isKept = await this.#parts.isKept(mark)
      this.#isUnsure = false
      if (!isKept) throw error
    }
    this.#isOpen = false
    if (mark !== null) this.#parts.marks?.done(mark)
  }

  async rollback(): Promise<void> {
    this.#isOpen = false
    const { marks } = this.#parts
    if (this.#mark !== null) marks?.[this.#isUnsure ? 'unsure' : 'undone'](this.#mark)
    this.#mark = null
    this.#isUnsure = false
    try {
      await this.#parts.driver.rollbackTransaction(this.#inner)
    } catch (error) {
      // What cannot be told to roll back any more is rolled back by the engine; the error before it says why.
      if (troubleIn(error) === null) throw error
    }
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (!this.#isOpen && this.#parts.marks !== null && !isRead(query)) return this.#alone<R>(query)
    if (this.#broken !== null) throw this.#broken
    try {
      return await this.#inner.executeQuery<R>(query)
    } catch (error) {
      if (this.#isOpen) this.#broken = troubleIn(error)
      throw error
    }
  }

  async *streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    yield* this.#inner.streamQuery<R>(query, chunkSize)
  }

  async #alone<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    await this.begin({})
    try {
      const result = await this.executeQuery<R>(query)
      await this.commit()
      return result
    } catch (error) {
      await this.rollback()
      throw error
    }
  }
}

/** Kysely asks its driver to begin and to end transactions; the use of the connection knows how. */
class UnitDriver implements Driver {
  readonly #driver: Driver
  readonly #once: Kysely<Tables>

  constructor(driver: Driver, once: Kysely<Tables>) {
    this.#driver = driver
    this.#once = once
  }

  init(): Promise<void> {
    return this.#driver.init()
  }

  acquireConnection(): Promise<DatabaseConnection> {
    return this.#driver.acquireConnection()
  }

  beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    return unitOf(connection).begin(settings)
  }

  commitTransaction(connection: DatabaseConnection): Promise<void> {
    return unitOf(connection).commit()
  }

  rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    return unitOf(connection).rollback()
  }

  releaseConnection(connection: DatabaseConnection): Promise<void> {
    return this.#driver.releaseConnection(connection)
  }

  destroy(): Promise<void> {
    return this.#once.destroy()
  }
}

function unitOf(connection: DatabaseConnection): UnitConnection {
  if (connection instanceof UnitConnection) return connection
  throw new RangeError('a transaction is begun on a connection that was not provided for it')
}

const READING_TEXT = /^\s*(select|with|values|show|explain)\b/i
const WRITING_WORD = /\b(insert|update|delete|merge|setval|nextval)\b/i

/** What is written as text is taken for a write unless it plainly reads: to take a read for a write costs a moment. */
function isRead({ query, sql }: CompiledQuery): boolean {
  if (query.kind === 'SelectQueryNode') return true
  return query.kind === 'RawNode' && READING_TEXT.test(sql) && !WRITING_WORD.test(sql)
}
