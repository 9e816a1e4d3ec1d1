/** A column of secrets, each sealed for its row; `key` is the column, a text, that names the row. */
export type SealedColumn = { table: string; column: string; key: string }

/** Every column that holds sealed secrets. What is sealed elsewhere is lost when its key is rotated out. */
export const sealedColumns = {
  twoFactorSecret: { table: 'two_factors', column: 'secret', key: 'id' },
  twoFactorBackupCodes: { table: 'two_factors', column: 'backup_codes', key: 'id' },
  verificationValue: { table: 'verifications', column: 'value', key: 'id' },
  installationSecret: { table: 'installation_secrets', column: 'value', key: 'name' },
} as const satisfies Record<string, SealedColumn>
