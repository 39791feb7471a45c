// Makes what a system needs beside the JSONL. A process of its own.
import { given, printResult } from './child.mjs'

const { module, ledger } = given()
const { prepare } = await import(`./systems/${module}.mjs`)
printResult((await prepare?.(ledger)) ?? null)
