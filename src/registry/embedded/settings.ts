/** Settings of a small, private, durable server, given at each start: they win over postgresql.conf in the cluster. */
export function buildSettings(socketFolder: string): readonly string[] {
  const settings: Readonly<Record<string, string | number>> = {
    cluster_name: 'reveille',
    listen_addresses: '',
    port: 5432, // only part of the socket's name
    unix_socket_directories: `"${socketFolder.replaceAll('"', '""')}"`,
    unix_socket_permissions: '0700',
    max_connections: 40,
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    shared_buffers: '128MB',
    wal_level: 'minimal', // nobody replicates from here; a backup is a snapshot of the rows
    max_wal_senders: 0,
    max_wal_size: '512MB',
    io_workers: 1,
    max_parallel_workers_per_gather: 0,
    jit: 'off',
    log_destination: 'stderr',
    logging_collector: 'off',
    log_min_messages: 'warning',
    // Statements and the rows quoted by errors hold tokens.
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_parameter_max_length_on_error: 0,
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
