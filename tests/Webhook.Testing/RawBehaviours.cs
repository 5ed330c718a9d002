using System.Security.Cryptography.X509Certificates;

namespace Webhook.Testing;

/// <summary>Receivers as they should not be. Each is named for what it does; the first is as it should be.</summary>
public static class RawBehaviours
{
    private const int InTheMiddle = 5_000;
    private static readonly string Kilobyte = new('x', 1024);

    public static async Task TakesAll(RawConnection connection)
    {
        while (await connection.ReadRequestAsync() is { } request)
        {
            connection.Take(request);
            await connection.AnswerAsync(200);
        }
    }

    /// <summary>As it should be, on TLS.</summary>
    public static RawBehaviour TakesAllOverTls(X509Certificate2 certificate) => async connection =>
    {
        await connection.SecureAsync(certificate);
        await TakesAll(connection);
    };

    public static Task NeverReads(RawConnection connection) => connection.HangAsync();

    public static async Task ReadsOnlyTheHead(RawConnection connection)
    {
        await connection.ReadHeadAsync();
        await connection.HangAsync();
    }

    public static async Task NeverAnswers(RawConnection connection)
    {
        await connection.ReadRequestAsync();
        await connection.HangAsync();
    }

    public static async Task AnswersOneByteASecond(RawConnection connection)
    {
        await connection.ReadRequestAsync();
        await connection.WriteSlowlyAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    }

    /// <summary>The status comes at once and stands, whatever becomes of the body.</summary>
    public static Task TakesAndAnswersABodyOfOneByteASecond(RawConnection connection) => TakeAsync(connection, async () =>
    {
        await connection.AnswerAsync(200, "Content-Length: 1000\r\n");
        await connection.WriteSlowlyAsync(Kilobyte);
    });

    public static Task ClosesAtOnce(RawConnection connection) => Task.CompletedTask;

    public static Task ResetsAtOnce(RawConnection connection)
    {
        connection.Reset();
        return Task.CompletedTask;
    }

    /// <summary>Half-closed: its side has ended, and it still holds the connection.</summary>
    public static async Task EndsItsSideAfterTheHead(RawConnection connection)
    {
        await connection.ReadHeadAsync();
        connection.EndSending();
        await connection.HangAsync();
    }

    /// <summary>Half-closed after all is read: nobody but the receiver knows that it has the batch.</summary>
    public static Task TakesAndEndsItsSide(RawConnection connection) => TakeAsync(connection, async () =>
    {
        connection.EndSending();
        await connection.HangAsync();
    });

    public static async Task ResetsInTheBody(RawConnection connection)
    {
        await connection.ReadHeadAsync();
        await connection.ReadAsync(InTheMiddle);
        connection.Reset();
    }

    public static async Task ResetsInTheAnswersHead(RawConnection connection)
    {
        await connection.ReadRequestAsync();
        await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Le");
        connection.Reset();
    }

    public static Task TakesAndResetsInTheAnswersBody(RawConnection connection) => TakeAsync(connection, async () =>
    {
        await connection.AnswerAsync(200, "Content-Length: 1000\r\n", "half");
        connection.Reset();
    });

    public static Task TakesAndAnswersHundredMegabytes(RawConnection connection) => TakeAsync(connection, async () =>
    {
        await connection.AnswerAsync(200, "Content-Length: 104857600\r\n");
        for (var kilobytes = 0; kilobytes < 100 * 1024; kilobytes++) await connection.WriteAsync(Kilobyte);
    });

    public static async Task AnswersEndlessHeaders(RawConnection connection)
    {
        await connection.ReadRequestAsync();
        await connection.WriteAsync("HTTP/1.1 200 OK\r\n");
        await connection.WriteForEverAsync("X-More: and more\r\n");
    }

    public static async Task AnswersOneEndlessHeader(RawConnection connection)
    {
        await connection.ReadRequestAsync();
        await connection.WriteAsync("HTTP/1.1 200 OK\r\nX-More: ");
        await connection.WriteForEverAsync(Kilobyte);
    }

    public static async Task AnswersEndlessEarlyHints(RawConnection connection)
    {
        await connection.ReadRequestAsync();
        await connection.WriteForEverAsync("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
    }

    public static Task TakesAndAnswersEndlessChunks(RawConnection connection) => TakeAsync(connection, async () =>
    {
        await connection.AnswerAsync(200, "Transfer-Encoding: chunked\r\n");
        await connection.WriteForEverAsync($"400\r\n{Kilobyte}\r\n");
    });

    /// <summary>All is read, and there is no answer: the batch was taken, and the sender cannot know.</summary>
    public static Task TakesAndClosesWithoutAnswer(RawConnection connection) => TakeAsync(connection, static () => Task.CompletedTask);

    public static async Task TakesAndAnswersBeforeTheBodyIsRead(RawConnection connection)
    {
        while (await connection.ReadHeadAsync() is { } head)
        {
            await connection.AnswerAsync(200);
            connection.Take(await connection.ReadRestAsync(head));
        }
    }

    public static async Task RefusesBeforeTheBodyIsRead(RawConnection connection)
    {
        await connection.ReadHeadAsync();
        await connection.AnswerAsync(503, "Content-Length: 0\r\nConnection: close\r\n");
    }

    /// <summary>Keep-alive is promised, and the connection closed: the next request may meet the close.</summary>
    public static Task TakesAndClosesAfterEachAnswer(RawConnection connection) => TakeAsync(connection, () => connection.AnswerAsync(200));

    /// <summary>The second answer must not be taken for the next request's.</summary>
    public static async Task TakesOneOfTwoAndAnswersTwice(RawConnection connection)
    {
        if (await connection.ReadRequestAsync() is not { } request) return;
        connection.Take(request);
        await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await connection.ReadRequestAsync();
    }

    public static async Task AnswersGarbage(RawConnection connection)
    {
        await connection.ReadRequestAsync();
        await connection.WriteAsync("\0\u0001\u00ff SSH-2.0-OpenSSH_9.2p1\r\n\r\n200 OK\r\n\r\n");
    }

    public static async Task AnswersAnotherVersion(RawConnection connection)
    {
        await connection.ReadRequestAsync();
        await connection.WriteAsync("HTTP/9.9 200 OK\r\n\r\n");
    }

    /// <summary>The sender's TLS hello is read, and nothing follows.</summary>
    public static async Task TlsHelloThenSilence(RawConnection connection)
    {
        await connection.ReadAsync(5);
        await connection.HangAsync();
    }

    private static async Task TakeAsync(RawConnection connection, Func<Task> then)
    {
        if (await connection.ReadRequestAsync() is not { } request) return;
        connection.Take(request);
        await then();
    }
}
