// Names that build.mjs writes into the bundles.
declare const CORE_FILE: string;
declare const CORE_INTEGRITY: string;
declare const WORKER_FILE: string;
declare const CPACE_FILE: string;
