/** The table of codes in docs/exceptions.md is the one of the program. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { CODES, EXCEPTION_CODES } from '../../src/domain/exceptions/codes.ts'

const ROW = /^\| `([A-Z_]+)` +\|(.*)\|(.*)\|(.*)\|$/gm

it('docs/exceptions.md says of each code what the program says', () => {
  const text = readFileSync(new URL('../../docs/exceptions.md', import.meta.url), 'utf8')
  const documented = [...text.matchAll(ROW)].map((row) => row.slice(1).map((cell) => cell.trim()))
  const said = EXCEPTION_CODES.map((code) => {
    const { says, owner, days, resolutions, words } = CODES[code]
    return [code, says, `${owner}, ${days}`, [...resolutions, ...words].map((each) => `\`${each}\``).join(', ') || '–']
  })
  expect(documented).toEqual(said)
})
