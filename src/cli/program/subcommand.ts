/** What the commands are built with. */
import { type Command, InvalidArgumentError } from 'commander'

export function subcommand(
  parent: Command,
  name: string,
  description: string,
  examples: readonly string[],
): Command {
  const lines = examples.map((example) => `  $ ledgerline ${example}`)
  return parent
    .command(name)
    .description(description)
    .helpOption('--help', 'print help')
    .addHelpText('after', `\nExamples:\n${lines.join('\n')}`)
}

export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const number = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
    if (number >= min && number <= max) return number
    throw new InvalidArgumentError(`It is no integer from ${min} to ${max}.`)
  }
}
