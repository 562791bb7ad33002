/** Closes exceptions of an object by code, and leaves the others that stand about it. */
import type { ExceptionCode } from '../../domain/exception.ts'
import type { Landed } from '../../log/landing.ts'
import { settle, type BatchContext } from './context.ts'

export async function settleCodes(
  context: BatchContext,
  item: Landed,
  source: string,
  object: string,
  codes: readonly ExceptionCode[],
): Promise<void> {
  await settle(context, { ...item, source }, object, { only: codes })
}
