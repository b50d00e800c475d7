import vue from 'eslint-plugin-vue'
import prettier from 'eslint-config-prettier'
import tseslint from 'typescript-eslint'

/** Randomness and clocks come from outside, so that a run can be repeated bit for bit. */
const hidden = [
  { object: 'Math', property: 'random', message: 'Use random(seed, purpose, …).' },
  { object: 'Date', property: 'now', message: 'Pass the time in; only hosts read the clock.' },
]

export default tseslint.config(
  { ignores: ['node_modules', 'out', 'dist'] },
  ...tseslint.configs.recommendedTypeChecked,
  ...vue.configs['flat/recommended'],
  {
    languageOptions: {
      parserOptions: {
        parser: tseslint.parser,
        projectService: { allowDefaultProject: ['electron.vite.config.ts'] },
        extraFileExtensions: ['.vue'],
      },
    },
    rules: {
      'vue/no-undef-properties': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    files: ['src-main/**', 'src-renderer/**'],
    rules: {
      'no-console': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
    },
  },
  {
    files: ['src-main/**'],
    ignores: ['src-main/hosts/**'],
    rules: { 'no-restricted-properties': ['error', ...hidden] },
  },
  {
    files: ['**/*.mjs', '**/*.cjs'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', URL: 'readonly' },
    },
  },
  prettier,
)
