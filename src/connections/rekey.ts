/**
 * Encrypts every stored token anew, with another key, all in one transaction: after a crash either key opens all of them.
 * Rows the new key sealed already are left alone, so it can be repeated.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { TransientError } from '../domain/errors.ts'
import { isBeingRenewed, type Connection } from './store.ts'
import type { TokenPlace, Vault } from './vault.ts'

export interface Rekeyed {
  readonly changed: number
  readonly already: number
}

export interface RekeyRequest {
  readonly from: Vault
  readonly to: Vault
  /** The machine's clock. */
  readonly nowMs: number
}

/** Throws TransientError while a token is being renewed: it would come back sealed with the old key. */
export async function rekeyConnections(db: Kysely<Tables>, { from, to, nowMs }: RekeyRequest): Promise<Rekeyed> {
  return db.transaction().execute(async (trx) => {
    const rows = await trx.selectFrom('connection').selectAll().orderBy('book').orderBy('target').execute()
    let changed = 0
    for (const row of rows) {
      if (isBeingRenewed(row, nowMs)) throw busy(row)
      const [access_token, refresh_token] = [
        reseal({ book: row.book, target: row.target, field: 'access' }, row.access_token),
        reseal({ book: row.book, target: row.target, field: 'refresh' }, row.refresh_token),
      ]
      if (access_token === row.access_token && refresh_token === row.refresh_token) continue
      const update = trx
        .updateTable('connection')
        .set({ access_token, refresh_token, version: row.version + 1n })
        .where('book', '=', row.book)
        .where('target', '=', row.target)
        .where('version', '=', row.version)
        .where('refreshing_by', row.refreshing_by === null ? 'is' : '=', row.refreshing_by)
      if ((await update.executeTakeFirst()).numUpdatedRows !== 1n) throw busy(row)
      changed += 1
    }
    return { changed, already: rows.length - changed }
  })

  function reseal(place: TokenPlace, sealed: string | null): string | null {
    return sealed === null || to.owns(sealed) ? sealed : to.seal(place, from.open(place, sealed))
  }
}

function busy({ target }: Connection): TransientError {
  return new TransientError(
    'TOKEN_BUSY',
    `The token of target ${target} is being renewed by another process; no key was changed.`,
    'Stop tieout serve and every sync, then run it again: they would go on with the old key.',
  )
}
