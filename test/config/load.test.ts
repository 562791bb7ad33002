/** The configuration file: what a good one becomes, and every way a bad one is told where and why. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/temp-folder.ts'
import { databaseUrl, loadConfig, parseConfig } from '../../src/config/load.ts'
import { ConfigError } from '../../src/domain/errors.ts'

const SOURCE = `
      - name: pub
        type: payelancer
        role: publisher
        baseUrl: https://payelancer.example/
        apiKey: { env: PAYELANCER_KEY }
        currency: USD`

const PANEL = `
      - name: netpanel
        type: panel
        baseUrl: https://panel.example/api/v2
        apiKey: { file: ./secrets/panel.key }
        currency: USD`

function configText({ top = '', book = '', sources = SOURCE, database = 'sqlite:./tieout.db' } = {}): string {
  return `database: ${database}\n${top}books:\n  - name: agency\n    currency: USD\n${book}    sources:${sources}\n`
}

function secondBook(more: string): string {
  return `  - name: other\n    currency: USD\n    ${more}\n    sources:${SOURCE}\n`
}

/** The lines of the message after its first, each a problem. */
function problems(text: string): readonly string[] {
  try {
    parseConfig(text, 'tieout.yaml')
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n').slice(1)
    throw error
  }
  return []
}

describe('a good configuration', () => {
  it('gets its defaults, absolute paths and URLs without a slash at the end', () => {
    const config = parseConfig(configText({ sources: SOURCE + PANEL }), '/etc/tieout/tieout.yaml')
    expect(config).toMatchObject({
      database: { from: 'url', url: 'sqlite:/etc/tieout/tieout.db' },
      mappings: undefined,
      http: {
        timeoutMs: 30_000,
        retries: 4,
        rateLimitWaitMs: 61_000,
        noAnswerWaitMs: 5_000,
        maxWaitMs: 900_000,
        commandWaitMs: 60_000,
      },
    })
    expect(config.books[0]).toMatchObject({
      timeZone: 'UTC',
      recognition: 'order',
      journals: { approval: 'review' },
      export: undefined,
    })
    expect(config.books[0]?.sources).toMatchObject([
      { baseUrl: 'https://payelancer.example', apiKey: { from: 'env', name: 'PAYELANCER_KEY' } },
      {
        apiKey: { from: 'file', path: '/etc/tieout/secrets/panel.key' },
        requestsPerMinute: 1000,
        multiAction: 'multiStatus',
        sweepLimit: 100_000,
        quietMoment: { tries: 5, requests: 200 },
        scanRequestsPerMinute: 60,
        timeZone: 'UTC',
      },
    ])
  })

  it('lets a scan of ids never ask faster than the panel is asked at all', () => {
    const slow = parseConfig(configText({ sources: `${PANEL}\n        requestsPerMinute: 20` }), 'tieout.yaml')
    expect(slow.books[0]?.sources[0]).toMatchObject({ requestsPerMinute: 20, scanRequestsPerMinute: 20 })
    const sources = `${PANEL}\n        requestsPerMinute: 20\n        scanRequestsPerMinute: 21`
    expect(() => parseConfig(configText({ sources }), 'tieout.yaml')).toThrow(
      /tieout\.yaml:\d+: books\[0\]\.sources\[0\]\.scanRequestsPerMinute: a scan cannot ask faster/,
    )
  })

  it('is read again when its file has changed, and only then', () => {
    const file = join(temporaryFolder(), 'tieout.yaml')
    writeFileSync(file, configText())
    const read = loadConfig(file)
    expect(loadConfig(file)).toBe(read)
    writeFileSync(file, configText({ database: 'sqlite:./other.db' }))
    expect(databaseUrl(loadConfig(file), {})).toMatch(/other\.db$/)
  })

  it('is the example that comes with the package', () => {
    expect(loadConfig(join(import.meta.dirname, '../../tieout.example.yaml')).books[0]?.name).toBe('agency')
  })

  it('may leave the database to the environment, and a relative path there starts at the file', () => {
    const config = parseConfig(configText({ database: '{ env: DB }' }), '/etc/tieout/tieout.yaml')
    expect(databaseUrl(config, { DB: 'postgres://me:secret@host/db' })).toBe('postgres://me:secret@host/db')
    expect(databaseUrl(config, { DB: 'sqlite:books.db' })).toBe('sqlite:/etc/tieout/books.db')
    expect(() => databaseUrl(config, {})).toThrow(/tieout.yaml:1 \(database\).*variable DB, which is not set/)
  })

  it('may say whether a counter falls when it pays', () => {
    const config = parseConfig(configText({ sources: `${SOURCE}\n        counterMode: unpaid` }), 'tieout.yaml')
    expect(config.books[0]?.sources[0]).toMatchObject({ counterMode: 'unpaid' })
  })
})

describe('a bad configuration', () => {
  it.each<[string, string, string]>([
    [
      'an unknown key',
      configText({ top: 'mapings: ./m\n' }),
      '2: mapings: this key is not known. Did you mean "mappings"?',
    ],
    [
      'a currency in small letters',
      configText().replace('currency: USD', 'currency: usd'),
      '4: books[0].currency: a currency is three',
    ],
    [
      'a time zone that does not exist',
      configText({ book: '    timeZone: Mars/Base\n' }),
      '5: books[0].timeZone: not a time zone',
    ],
    [
      'recognition by delivery',
      configText({ book: '    recognition: delivery\n' }),
      '5: books[0].recognition: only "order"',
    ],
    [
      'an inline key',
      configText().replace('{ env: PAYELANCER_KEY }', 'abc123'),
      '10: books[0].sources[0].apiKey: a secret is never written',
    ],
    [
      'a key given twice',
      configText().replace('{ env: P', '{ file: x, env: P'),
      '10: books[0].sources[0].apiKey: give exactly one',
    ],
    [
      'a password in the database URL',
      configText({ database: 'postgres://me:pw@host/db' }),
      '1: database: a database URL with a password is a secret',
    ],
    [
      'a role that does not exist',
      configText().replace('publisher', 'publsher'),
      '8: books[0].sources[0].role: a role is publisher or advertiser',
    ],
    [
      'a missing setting',
      configText().replace(/\n {8}currency: USD/, ''),
      '6: books[0].sources[0].currency: this setting is missing',
    ],
    [
      'a setting of the other type',
      configText({ sources: `${SOURCE}\n        sweepLimit: 3` }),
      'sweepLimit: this key is not known. It belongs to sources of type panel',
    ],
    [
      'a type that does not exist',
      configText().replace('type: payelancer', 'type: panle'),
      '7: books[0].sources[0].type: a source has type',
    ],
    [
      'a rate above the documented limit',
      configText({ sources: `${PANEL}\n        requestsPerMinute: 1001` }),
      'requestsPerMinute: panels document at most 1000',
    ],
    [
      'a base URL with a query',
      configText().replace('.example/', '.example/?key=1'),
      '9: books[0].sources[0].baseUrl: not a base URL',
    ],
    [
      'two sources of one name',
      configText({ sources: SOURCE + SOURCE }),
      'books[0].sources[1].name: another source of this book is already named "pub"',
    ],
    [
      'two books with one document prefix',
      `${configText({ book: '    documentPrefix: ACME\n' })}${secondBook('documentPrefix: ACME')}`,
      'books[1].documentPrefix: "ACME" starts the document numbers of agency already; give each book its own',
    ],
    [
      'a document prefix that is too long',
      configText({ book: '    documentPrefix: ACMEADSNORTH\n' }),
      'books[0].documentPrefix: up to eight capital letters and digits, such as ACME',
    ],
    ['no books', 'database: sqlite:x.db\nbooks: []\n', '2: books: at least one book is needed'],
    [
      'an unknown export format',
      configText({ book: '    export: { dir: x, formats: [pdf] }\n' }),
      'formats[0]: a format is one of csv,',
    ],
    ['a key written twice', configText({ top: 'database: x\n' }), '2: Map keys must be unique'],
    ['text that is not YAML', 'books: [', '1: '],
    ['an empty file', '# nothing\n', '1: the file is empty'],
    ['a list at the top', '- a\n', '1: '],
  ])('names the line and the remedy: %s', (_, text, expected) => {
    const found = problems(text)
    expect(
      found.filter((line) => line.startsWith('tieout.yaml:') && line.includes(expected)),
      found.join('\n'),
    ).toHaveLength(1)
  })

  it('reports all its problems at once, in the order of the file', () => {
    const text = configText({ sources: SOURCE + SOURCE, book: '    timeZone: X\n    colour: red\n' })
    const lines = problems(text).map((line) => Number(line.split(':')[1]))
    expect(lines).toEqual([5, 6, 14])
  })

  it('reports a rate above the limit together with what else is wrong about that source', () => {
    const sources = `${PANEL}\n        requestsPerMinute: 5000\n        sweepLimit: many\n        colour: red`
    const found = problems(configText({ sources })).join('\n')
    for (const part of ['requestsPerMinute: panels document', 'sweepLimit: a whole number', 'colour: this key'])
      expect(found).toContain(part)
    const notANumber = problems(configText({ sources: `${PANEL}\n        requestsPerMinute: fast` }))
    expect(notANumber).toHaveLength(1)
  })

  it('accepts a higher rate when it is said on purpose', () => {
    const sources = `${PANEL}\n        requestsPerMinute: 5000\n        allowHigherRate: true`
    expect(problems(configText({ sources }))).toEqual([])
  })

  it('never shows a secret that was written into it', () => {
    const text = configText({ database: 'postgres://me:hunter2@host/db' }).replace('{ env: PAYELANCER_KEY }', 'hunter2')
    expect(problems(text).join('\n')).not.toContain('hunter2')
  })

  it.each<[string, Buffer, RegExp]>([
    [
      'UTF-16',
      Buffer.from(`\u{feff}${configText()}`, 'utf16le'),
      /tieout\.yaml:1: the file is UTF-16 .*save it as UTF-8/,
    ],
    ['UTF-16 without a mark', Buffer.from(configText(), 'utf16le'), /tieout\.yaml:1: the file is UTF-16 or no text/],
    [
      'Windows-1252',
      Buffer.from(configText({ top: '# Caf\u{e9}\n' }), 'latin1'),
      /tieout\.yaml:2: this line is not UTF-8/,
    ],
    ['a list', Buffer.from('- books\n'), /tieout\.yaml:1: the file has to be a mapping, .* this is a list$/],
    [
      'one text',
      Buffer.from('just a text\n'),
      /tieout\.yaml:1: the file has to be a mapping, .* this is a single value$/,
    ],
    ['only a comment', Buffer.from('# nothing yet\n'), /tieout\.yaml:1: the file is empty/],
  ])('says what is wrong with a file that is %s, in words of its own', (_, bytes, sentence) => {
    const file = join(temporaryFolder(), 'tieout.yaml')
    writeFileSync(file, bytes)
    expect(() => loadConfig(file)).toThrow(sentence)
    expect(() => loadConfig(file)).not.toThrow(/Invalid input/)
  })

  it.each([
    ['http: 3\n', '', /http: this has to be keys with values, as \{ key: value \}; it is a number$/],
    ['serve: [1]\n', '', /serve: this has to be keys with values, .*; it is a list$/],
    ['', '    schedule: "00:15"\n', /schedule: this has to be keys with values, .*; it is text$/],
    ['', '    export: ./x\n', /export: this has to be keys with values, .*; it is text$/],
  ])('says in words of the file what shape %j%j has to have', (top, book, sentence) => {
    expect(problems(configText({ top, book }))).toEqual([expect.stringMatching(sentence)])
  })

  it('may begin with a byte order mark of UTF-8', () => {
    const file = join(temporaryFolder(), 'tieout.yaml')
    writeFileSync(file, `\u{feff}${configText({ top: '# Caf\u{e9}\n' })}`)
    expect(loadConfig(file).books[0]?.name).toBe('agency')
  })

  it('is told apart from a file that is not there', () => {
    const folder = temporaryFolder()
    expect(() => loadConfig(join(folder, 'tieout.yaml'))).toThrow(/There is no configuration file/)
    writeFileSync(join(folder, 'tieout.yaml'), '')
    expect(() => loadConfig(join(folder, 'tieout.yaml'))).toThrow(/the file is empty/)
  })
})
