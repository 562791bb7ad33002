/**
 * What is read of a CAMT statement, in all versions from .001.02 on. Fields that moved between versions are accepted in
 * both places; whatever is not named here says nothing about money.
 */
import * as z from 'zod'

/** An element's text; one with attributes comes as an object. */
const text = z.preprocess(
  (value) => (typeof value === 'object' && value !== null && '#text' in value ? value['#text'] : value),
  z.string(),
)
const someText = text.optional()

/** An element without content comes as ''. */
function part<Shape extends z.ZodRawShape>(shape: Shape): z.ZodPreprocess<z.ZodOptional<z.ZodObject<Shape>>> {
  return z.preprocess((value) => (value === '' ? undefined : value), z.object(shape).optional())
}

function listOf<Item extends z.ZodType>(item: Item): z.ZodPreprocess<z.ZodArray<Item>> {
  return z.preprocess((value) => (Array.isArray(value) ? value.filter((each) => each !== '') : []), z.array(item))
}

const money = z.object({ '#text': z.string(), '@Ccy': z.string() })
const direction = z.enum(['CRDT', 'DBIT'])
const day = part({ Dt: someText, DtTm: someText })
const party = part({ Nm: someText, Pty: part({ Nm: someText }) })

const bankCode = part({
  Domn: part({ Cd: someText, Fmly: part({ Cd: someText, SubFmlyCd: someText }) }),
  Prtry: part({ Cd: someText }),
})

const charge = z.object({
  Amt: money.optional(),
  CdtDbtInd: direction.optional(),
  ChrgInclInd: someText,
})

const details = z.object({
  Refs: part({
    MsgId: someText,
    AcctSvcrRef: someText,
    PmtInfId: someText,
    InstrId: someText,
    EndToEndId: someText,
    UETR: someText,
    TxId: someText,
    MndtId: someText,
    ChqNb: someText,
    ClrSysRef: someText,
  }),
  Amt: money.optional(),
  CdtDbtInd: direction.optional(),
  AmtDtls: part({ TxAmt: part({ Amt: money.optional() }) }),
  RltdPties: part({ Dbtr: party, Cdtr: party, UltmtDbtr: party, UltmtCdtr: party }),
  BkTxCd: bankCode,
  RmtInf: part({
    Ustrd: listOf(text),
    Strd: listOf(
      z.object({
        CdtrRefInf: part({ Ref: someText }),
        RfrdDocInf: listOf(z.object({ Nb: someText })),
      }),
    ),
  }),
  AddtlTxInf: someText,
})

export const entrySchema = z.object({
  NtryRef: someText,
  Amt: money,
  CdtDbtInd: direction,
  RvslInd: someText,
  Sts: z.preprocess(
    (value) =>
      typeof value !== 'object' || value === null
        ? value
        : 'Cd' in value
          ? value.Cd
          : 'Prtry' in value
            ? value.Prtry
            : value,
    someText,
  ),
  BookgDt: day,
  ValDt: day,
  AcctSvcrRef: someText,
  BkTxCd: bankCode,
  Chrgs: listOf(charge.extend({ Rcrd: listOf(charge) })),
  NtryDtls: listOf(
    z.object({
      Btch: part({ MsgId: someText, PmtInfId: someText, NbOfTxs: someText }),
      TxDtls: listOf(details),
    }),
  ),
  AddtlNtryInf: someText,
})

export const statementSchema = z.object({
  Id: someText,
  CreDtTm: someText,
  CpyDplctInd: someText,
  StmtPgntn: part({ PgNb: someText, LastPgInd: someText }),
  RptPgntn: part({ PgNb: someText, LastPgInd: someText }),
  Acct: part({
    Id: part({ IBAN: someText, Othr: part({ Id: someText }) }),
    Ccy: someText,
  }),
  Bal: listOf(
    z.object({
      Tp: part({ CdOrPrtry: part({ Cd: someText, Prtry: someText }) }),
      Amt: money,
      CdtDbtInd: direction,
      Dt: day,
      CdtLine: listOf(z.object({ Incl: someText, Amt: money.optional() })),
    }),
  ),
  TxsSummry: part({ TtlNtries: part({ NbOfNtries: someText }) }),
})

export type CamtStatement = z.infer<typeof statementSchema>
export type CamtEntry = z.infer<typeof entrySchema>
export type CamtDetails = z.infer<typeof details>
