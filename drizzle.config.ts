// For `bunx drizzle-kit@0.31.11 export`, which prints the schema as SQL to start a migration from.
export default { dialect: 'sqlite', schema: './db/schema/*.ts' }
