/** What engines and drivers say when the database itself is in trouble, and that errors of a statement stay what they are. */
import { describe, expect, it } from 'vitest'
import { DatabaseTrouble, postgresTrouble, sqliteTrouble, troubleIn } from '../../src/db/trouble.ts'

function coded(code: string, message = 'as the engine says it'): Error {
  return Object.assign(new Error(message), { code })
}

describe('trouble with PostgreSQL', () => {
  it.each([
    ['terminated by an administrator', coded('57P01'), 'DATABASE_LOST'],
    ['stopped after a crash of another', coded('57P02'), 'DATABASE_LOST'],
    ['still starting', coded('57P03'), 'DATABASE_LOST'],
    ['a class of connection errors', coded('08006'), 'DATABASE_LOST'],
    ['too many connections', coded('53300'), 'DATABASE_LOST'],
    ['reset by the network', coded('ECONNRESET'), 'DATABASE_LOST'],
    ['refused while it restarts', coded('ECONNREFUSED'), 'DATABASE_LOST'],
    [
      'refused at each of its addresses',
      new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')]),
      'DATABASE_LOST',
    ],
    ['a name that moves', coded('EAI_AGAIN'), 'DATABASE_LOST'],
    ['ended by the server', new Error('Connection terminated unexpectedly'), 'DATABASE_LOST'],
    ['too slow to connect', new Error('Connection terminated due to connection timeout'), 'DATABASE_LOST'],
    [
      'a client that is dead already',
      new Error('Client has encountered a connection error and is not queryable'),
      'DATABASE_LOST',
    ],
    ['a standby', coded('25006'), 'DATABASE_READ_ONLY'],
    ['a deadlock', coded('40P01'), 'DATABASE_CONFLICT'],
    ['a full disk', coded('53100'), 'DATABASE_DISK_FULL'],
    ['no memory', coded('53200'), 'DATABASE_NO_MEMORY'],
  ])('%s', (_name, error, code) => {
    const trouble = postgresTrouble('the PostgreSQL server at db/books', error)
    expect(trouble).toBeInstanceOf(DatabaseTrouble)
    expect(trouble).toMatchObject({ code, exitCode: 75, cause: error })
    expect((trouble as DatabaseTrouble).message).toContain('the PostgreSQL server at db/books')
    expect((trouble as DatabaseTrouble).hint).not.toBe('')
  })

  it.each([
    ['a broken constraint', coded('23505')],
    ['what a guard refuses', coded('P0001')],
    ['a statement that took too long', coded('57014')],
    ['a bug', new TypeError('x is not a function')],
    ['a pool that was closed', new Error('Cannot use a pool after calling end on the pool')],
  ])('is not %s', (_name, error) => {
    expect(postgresTrouble('the server', error)).toBe(error)
  })
})

describe('trouble with a SQLite file', () => {
  it.each([
    ['SQLITE_BUSY', 'DATABASE_BUSY'],
    ['SQLITE_BUSY_SNAPSHOT', 'DATABASE_BUSY'],
    ['SQLITE_FULL', 'DATABASE_DISK_FULL'],
    ['SQLITE_IOERR_WRITE', 'DATABASE_DISK_FAILS'],
    ['SQLITE_READONLY_DBMOVED', 'DATABASE_NOT_WRITABLE'],
  ])('%s', (engineCode, code) => {
    const trouble = sqliteTrouble('the database /srv/books.db', coded(engineCode))
    expect(trouble).toMatchObject({ code, exitCode: 75 })
    expect((trouble as DatabaseTrouble).message).toContain('/srv/books.db')
  })

  it('is not a broken constraint', () => {
    const error = coded('SQLITE_CONSTRAINT_UNIQUE')
    expect(sqliteTrouble('the database', error)).toBe(error)
  })
})

it('is found behind the error that came of it', () => {
  const trouble = postgresTrouble('the server', coded('57P01'))
  expect(troubleIn(new AggregateError([new Error('x'), trouble]))).toBe(trouble)
  expect(troubleIn(new Error('the work could not be undone', { cause: trouble }))).toBe(trouble)
  expect(troubleIn(new Error('another'))).toBeNull()
})
