/** A rehearsal asks emulators on this machine, or nobody. */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { emulated } from '../../src/demo/rehearsed-targets.ts'
import { prepareDemoFolder } from '../../src/demo/folder.ts'
import { requireWithinReach } from '../../src/pipeline/delivery/within-reach.ts'
import { withTarget } from '../../src/pipeline/delivery/target-client.ts'
import { opened, newFolder, newSqliteUrl } from '../support/databases.ts'
import { newBook } from '../journals/support.ts'

function demo() {
  const config = loadConfig(prepareDemoFolder(join(newFolder(), 'demo')))
  const [book] = config.books
  if (book === undefined) throw new Error('the demo has a book')
  return { config, book }
}

describe('a target of a rehearsal', () => {
  it.each([
    ['quickbooks', /"quickbooks" of this rehearsal would ask [a-z.]*intuit\.com/],
    ['xero', /"xero" of this rehearsal would ask [a-z.]*xero\.com/],
  ])('that was not given the addresses of an emulator (%s) is not asked', (name, message) => {
    const { config, book } = demo()
    const target = book.targets.find((each) => each.name === name)
    if (target === undefined) throw new Error(`the demo delivers to ${name}`)
    expect(() => requireWithinReach(config, target)).toThrow(message)
  })

  it('is not asked by any command: it cannot even be opened', async () => {
    const { config, book } = demo()
    const [target] = book.targets
    if (target === undefined) throw new Error('the demo has targets')
    const database = await opened(newSqliteUrl())
    const row = await newBook(database)
    const environment = { config, database, book: row, env: {}, signal: new AbortController().signal }
    const open = withTarget(environment, target, () => Promise.resolve('asked'))
    await expect(open).rejects.toMatchObject({ code: 'REHEARSAL_REACHES_OUT' })
  })

  it('is asked on this machine', () => {
    const { config, book } = demo()
    for (const target of book.targets) {
      expect(() => requireWithinReach(config, emulated(target, 'http://127.0.0.1:8600'))).not.toThrow()
    }
  })

  it('with one address of another machine among its own is not', () => {
    const { config, book } = demo()
    for (const target of book.targets) {
      const mixed = { ...emulated(target, 'http://127.0.0.1:8600'), type: 'quickbooks' } as const
      const urls = { ...mixed.urls, revoke: 'https://127.0.0.1.example/revoke' }
      expect(() => requireWithinReach(config, { ...mixed, urls })).toThrow('127.0.0.1.example')
    }
  })

  it('outside a rehearsal may be anywhere', () => {
    const { config, book } = demo()
    const real = { ...config, sandbox: undefined }
    for (const target of book.targets) expect(() => requireWithinReach(real, target)).not.toThrow()
  })
})
