import type { Kysely, Transaction } from 'kysely'
import type { UnitOfWork } from '#server/core/unit-of-work.ts'
import { dialectOf, hold } from './dialect.ts'
import type { Tables } from './tables.ts'

export type Database = Kysely<Tables>

/** A transaction, as others hand it on. */
export function unitOf(transaction: Transaction<Tables>): UnitOfWork {
  return transaction as unknown as UnitOfWork
}

/** The transaction that `unitOf` was given. */
export function transactionOf(unit: UnitOfWork): Transaction<Tables> {
  return unit as unknown as Transaction<Tables>
}

/**
 * Runs work in a unit of its own: all of it comes true, or nothing. Where others were in its way it is
 * done once more from the start, so it must look anew at what it goes by.
 */
export type RunUnit = <Result>(
  work: (unit: UnitOfWork) => Promise<Result>,
  /** What nobody else may hold meanwhile (`Dialect.hold`). */
  alone?: string,
) => Promise<Result>

const attempts = 5

export function createRunUnit(database: Database): RunUnit {
  const { isConflict } = dialectOf(database)
  return async (work, alone) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await database.transaction().execute(async (transaction) => {
          if (alone !== undefined) await hold(transaction, alone)
          return await work(unitOf(transaction))
        })
      } catch (error) {
        if (attempt === attempts || !isConflict(error)) throw error
      }
    }
  }
}
