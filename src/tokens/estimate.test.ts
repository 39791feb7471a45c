import { expect, test } from 'vitest'
import { estimatePromptTokens, estimateTokens } from './estimate.js'

// What gpt-tokenizer counts with o200k_base, for comparison.
test.each([
  ['English', 'The quick brown fox jumps over the lazy dog. It was not amused by this at all.', 19],
  ['German', 'Der schnelle braune Fuchs springt über den faulen Hund und freut sich dabei.', 18],
  ['Russian', 'Быстрая коричневая лиса перепрыгивает через ленивую собаку.', 20],
  ['Chinese', '敏捷的棕色狐狸跳过了那只懒狗，它一点也不高兴。', 22],
  ['Japanese', '素早い茶色の狐がのろまな犬を飛び越えた。', 20],
])('%s is estimated within 40%% of a real count', (_name, text, counted) => {
  expect(Math.abs(estimateTokens(text) - counted) / counted).toBeLessThan(0.4)
})

test.each([
  ['nothing', '', 0],
  ['one letter', 'a', 1],
  ['four letters', 'abcd', 1],
  ['five letters', 'abcde', 2],
])('%s', (_name, text, tokens) => {
  expect(estimateTokens(text)).toBe(tokens)
})

test('a history costs its content, a little for each message and for the answer to come', () => {
  expect(estimatePromptTokens([])).toBe(0)
  expect(estimatePromptTokens([{ content: 'abcd' }, { content: '' }])).toBe(3 + 5 + 4)
})
