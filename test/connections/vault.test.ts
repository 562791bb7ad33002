/** Tokens at rest: opened by the right key in the right place and by nothing else. */
import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { vaultOf, type TokenPlace } from '../../src/connections/vault.ts'
import { newVault } from './support.ts'

const PLACE: TokenPlace = { book: 1n, target: 'books', field: 'access' }
const vaultWith = (key: string) => vaultOf({ from: 'env', name: 'KEY', where: 'tieout.yaml:3' }, { KEY: key })

describe('the vault', () => {
  it('opens what it sealed, whatever it was, and never seals it the same way twice', () => {
    const vault = newVault()
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (token) => {
        const sealed = vault.seal(PLACE, token)
        expect(vault.open(PLACE, sealed)).toBe(token.toWellFormed())
        expect(vault.seal(PLACE, token)).not.toBe(sealed)
      }),
    )
  })

  it('shows nothing of the token', () => {
    const token = 'a-refresh-token-that-is-long-enough-to-be-found'
    const sealed = newVault().seal(PLACE, token)
    expect(sealed).not.toContain(token.slice(0, 8))
    expect(Buffer.from(sealed.split('.')[3] ?? '', 'base64url').toString('latin1')).not.toContain(token.slice(0, 8))
  })

  it.each([
    ['another book', { ...PLACE, book: 2n }],
    ['another target', { ...PLACE, target: 'other' }],
    ['another field', { ...PLACE, field: 'refresh' }],
  ] as const)('does not open it in %s', (_where, place) => {
    const vault = newVault()
    expect(() => vault.open(place, vault.seal(PLACE, 'token'))).toThrow(/changed or moved/)
  })

  it('notices every changed character', () => {
    const vault = newVault()
    const sealed = vault.seal(PLACE, 'token')
    for (let at = 0; at < sealed.length; at += 1) {
      const other = sealed[at] === 'A' ? 'B' : 'A'
      const changed = `${sealed.slice(0, at)}${other}${sealed.slice(at + 1)}`
      // The last character of base64 has bits that stand for nothing.
      const isSame = changed.split('.').every((part, index) => sameBytes(part, sealed.split('.')[index] ?? '', index))
      if (!isSame) expect(() => vault.open(PLACE, changed)).toThrow()
    }
  })

  it('tells a wrong key from a damaged row', () => {
    const sealed = newVault().seal(PLACE, 'token')
    expect(() => newVault().open(PLACE, sealed)).toThrow(/encrypted with another key/)
  })

  it('takes one key as base64, base64url and hex', () => {
    const key = randomBytes(32)
    const sealed = vaultWith(key.toString('base64')).seal(PLACE, 'token')
    for (const encoding of ['base64url', 'hex'] as const) {
      expect(vaultWith(key.toString(encoding)).open(PLACE, sealed)).toBe('token')
    }
  })

  it.each([
    'short',
    'x'.repeat(44),
    randomBytes(31).toString('base64'),
    randomBytes(33).toString('hex'),
    'ü'.repeat(43),
  ])('refuses %j as a key, without repeating it', (key) => {
    expect(() => vaultWith(key)).toThrow(/tieout\.yaml:3 is not a key: 32 bytes/)
    expect(() => vaultWith(key)).not.toThrow(key)
  })
})

function sameBytes(a: string, b: string, index: number): boolean {
  return index < 2 ? a === b : Buffer.from(a, 'base64url').equals(Buffer.from(b, 'base64url'))
}
