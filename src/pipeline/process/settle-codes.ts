/** Closes exceptions of an object by code, and leaves the others that stand about it. */
import { EXCEPTION_CODES, type ExceptionCode } from '../../domain/exception.ts'
import type { Landed } from '../../evidence/landing.ts'
import { settle, type BatchContext } from './context.ts'

export async function settleCodes(
  context: BatchContext,
  item: Landed,
  source: string,
  object: string,
  codes: readonly ExceptionCode[],
): Promise<void> {
  const others = Object.keys(EXCEPTION_CODES).filter((code) => !codes.some((each) => each === code))
  await settle(context, { ...item, source }, object, { except: others as ExceptionCode[] })
}
