using System.Text;
using Akka.Configuration;
using Akka.Hosting;
using Akka.Persistence.Hosting;
using Microsoft.Data.Sqlite;

namespace Webhook.Actors.Hosting;

/// <summary>The actors' journal and snapshots on one node: a SQLite file. It holds configuration and decisions only, never events or cursors.</summary>
internal static class SqlitePersistence
{
    private const string Provider = "SQLite.MS";

    // https://sqlite.org/rescode.html
    private const int Corrupt = 11;
    private const int NotADatabase = 26;

    /// <exception cref="InvalidDataException">The file is damaged; it is left as it is.</exception>
    /// <exception cref="IOException">It cannot be opened now.</exception>
    public static AkkaConfigurationBuilder AddSqlitePersistence(this AkkaConfigurationBuilder builder, string file)
    {
        var connection = new SqliteConnectionStringBuilder { DataSource = file, Pooling = true }.ToString();
        try
        {
            UseWriteAheadLog(connection);
            if (Check(connection) is { } damage) throw new InvalidDataException(Damaged(file, damage));
        }
        catch (SqliteException e) when (e.SqliteErrorCode is Corrupt or NotADatabase)
        {
            throw new InvalidDataException(Damaged(file, e.Message), e);
        }
        catch (SqliteException e)
        {
            throw new IOException($"The journal {file} could not be opened: {e.Message} Free space on its disk or correct the file's rights, then start again.", e);
        }

        return builder.WithJournalAndSnapshot(new SqlJournal(connection), new SqlSnapshots(connection));
    }

    /// <summary>A persist takes 1 ms instead of 4; the mode is kept in the file.</summary>
    private static void UseWriteAheadLog(string connectionString)
    {
        using var connection = new SqliteConnection(connectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode=WAL";
        command.ExecuteNonQuery();
    }

    /// <returns>null, or the first thing that is wrong. Reads the whole file; it holds configuration only.</returns>
    private static string? Check(string connectionString)
    {
        using var connection = new SqliteConnection(connectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA quick_check(1)";
        return command.ExecuteScalar() is "ok" ? null : "its tables are not whole";
    }

    private static string Damaged(string file, string how) =>
        $"The journal {file}, which holds the integrations, is damaged ({how}). Restore it from a backup. Without one, move it away and make the integrations again, in the order of their ids: "
        + "the events that wait for them are kept in the log.";

    private sealed class SqlJournal(string connection) : JournalOptions(isDefault: true)
    {
        public override string Identifier { get; set; } = "sql";

        protected override Config InternalDefaultConfig => Akka.Persistence.Sql.SqlPersistence.DefaultJournalConfiguration;

        protected override StringBuilder Build(StringBuilder sb)
        {
            AutoInitialize = true;
            // SQLite has one writer: more would only wait for each other.
            sb.AppendLine($"connection-string = {connection.ToHocon()}").AppendLine($"provider-name = {Provider.ToHocon()}").AppendLine("parallelism = 1");
            return base.Build(sb);
        }
    }

    private sealed class SqlSnapshots(string connection) : SnapshotOptions(isDefault: true)
    {
        public override string Identifier { get; set; } = "sql";

        protected override Config InternalDefaultConfig => Akka.Persistence.Sql.SqlPersistence.DefaultSnapshotConfiguration;

        protected override StringBuilder Build(StringBuilder sb)
        {
            AutoInitialize = true;
            sb.AppendLine($"connection-string = {connection.ToHocon()}").AppendLine($"provider-name = {Provider.ToHocon()}");
            return base.Build(sb);
        }
    }
}
