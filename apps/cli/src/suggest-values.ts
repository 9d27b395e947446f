import { nearestOf } from '@referent/core';
import { type Argument, InvalidArgumentError, type Option } from 'commander';

/** Lets choices say which of them a wrong value comes near to; commander itself does so for commands and options only. */
export function suggestValues(taking: Iterable<Option | Argument>): void {
  for (const it of taking) {
    const { argChoices: choices, parseArg: parse } = it;
    if (!choices || !parse) continue;
    it.argParser((value: string, previous: unknown) => {
      const nearest = choices.includes(value) ? undefined : nearestOf(value, choices);
      if (nearest === undefined) return parse(value, previous);
      throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}.\n(Did you mean ${nearest}?)`);
    });
  }
}
