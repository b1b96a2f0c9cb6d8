import js from '@eslint/js'
import nx from '@nx/eslint-plugin'
import prettier from 'eslint-config-prettier'
import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'

/** Layers: contracts → nothing; base → base; domain → contracts, base; platform → all below; testing → all; app → libs, never another app. */
const boundaries = [
  { sourceTag: 'layer:contracts', onlyDependOnLibsWithTags: [] },
  { sourceTag: 'layer:base', onlyDependOnLibsWithTags: ['layer:base'] },
  { sourceTag: 'layer:domain', onlyDependOnLibsWithTags: ['layer:contracts', 'layer:base', 'layer:domain'] },
  {
    sourceTag: 'layer:platform',
    onlyDependOnLibsWithTags: ['layer:contracts', 'layer:base', 'layer:domain', 'layer:platform'],
  },
  {
    sourceTag: 'layer:app',
    onlyDependOnLibsWithTags: ['layer:contracts', 'layer:base', 'layer:domain', 'layer:platform'],
  },
  {
    sourceTag: 'layer:testing',
    onlyDependOnLibsWithTags: ['layer:contracts', 'layer:base', 'layer:domain', 'layer:platform', 'layer:testing'],
  },
]

/** Tests of a library may use libs/testing, which itself builds on the libraries: a circle that no program has. */
const testing = 'layer:testing'
const boundariesOfTests = boundaries.map((each) => ({
  ...each,
  onlyDependOnLibsWithTags: [...each.onlyDependOnLibsWithTags, testing],
}))
const tested = [
  ...[
    'alerting',
    'buffers',
    'config',
    'contracts',
    'detection',
    'errors',
    'kafka',
    'pipeline',
    'service',
    'telemetry',
    'tenancy',
  ],
]
const boundaryOptions = (depConstraints) => ({
  enforceBuildableLibDependency: false,
  allow: ['.*/tools/stack/index\\.ts$'],
  ignoredCircularDependencies: tested.map((library) => [library, 'testing']),
  depConstraints,
})

/** Packages that only one library may know, as [pattern, what to use instead]. */
const restricted = {
  kafkajs: { group: ['kafkajs', 'kafkajs/*'], message: 'Only libs/kafka knows the Kafka client; use @pegel/kafka.' },
  nest: { group: ['@nestjs/*'], message: 'Only libs/service and apps import Nest.' },
  avsc: { group: ['avsc'], message: 'Only libs/contracts and libs/kafka import avsc; use @pegel/contracts.' },
  testing: { group: ['@pegel/testing'], message: 'Only tests import @pegel/testing.' },
}
const restrict = (...keys) => ({
  'no-restricted-imports': ['error', { patterns: keys.map((key) => restricted[key]) }],
})
const tests = ['**/*.spec.ts', '**/*.it.ts', '**/*.e2e.ts', '**/test/**/*.ts']

export default defineConfig(
  globalIgnores(['dist', 'coverage', '.nx', '.stack', '**/generated/**']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': ['error', boundaryOptions(boundaries)],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      'max-lines': ['error', { max: 300 }],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only libs/config reads the environment.' },
      ],
    },
  },
  { files: ['**/*.mjs'], languageOptions: { globals: { process: 'readonly', URL: 'readonly' } } },
  { files: ['libs/**/*.ts'], rules: restrict('kafkajs', 'nest', 'avsc', 'testing') },
  { files: ['libs/contracts/**/*.ts'], rules: restrict('kafkajs', 'nest', 'testing') },
  { files: ['libs/kafka/**/*.ts'], rules: restrict('nest', 'testing') },
  { files: ['libs/service/**/*.ts'], rules: restrict('kafkajs', 'avsc', 'testing') },
  { files: ['apps/**/*.ts'], rules: restrict('kafkajs', 'avsc', 'testing') },
  {
    files: [
      'libs/config/**/*.ts',
      'tools/**/*.ts',
      'bench/**/*.ts',
      'e2e/**/*.ts',
      'examples/**/*.ts',
      'libs/testing/**/*.ts',
      ...tests,
    ],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    files: [...tests, 'libs/testing/**/*.ts'],
    rules: {
      'no-restricted-imports': 'off',
      'max-lines': ['error', { max: 500 }],
      '@nx/enforce-module-boundaries': ['error', boundaryOptions(boundariesOfTests)],
    },
  },
  // expect(object.method) mentions a method without calling it.
  { files: tests, rules: { '@typescript-eslint/unbound-method': 'off' } },
  prettier,
)
