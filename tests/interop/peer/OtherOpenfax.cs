// The same service with other names and other types, and with values of its own: what .NET writes
// of everything that may come. It answers without the sandbox.
using System;
using System.Linq;
using System.Web.Services;
using System.Web.Services.Protocols;

namespace Other
{
    public class FaxTransmission
    {
        public int TransactionID;
        public DateTime? CompletedDate;
        public string Phone, Reference, Country;
        public int? ErrorCode;
        public short Pages;
        public double Duration;
    }

    public class RealtimeJob
    {
        public long JobID;
        public string BillCode;
        public int? TotalDestinations, TotalSuccessful, TotalFailed;
    }

    public class HistoryJob
    {
        public Guid JobID;
        public string BillCode, CompletedDate;
        public decimal TotalDestinations, TotalSuccessful, TotalFailed;
    }

    [WebService(Namespace = "urn:fax-reports")]
    public class Reporting : WebService
    {
        static readonly DateTime Day = new DateTime(2026, 3, 2, 12, 30, 15);

        static DateTime Of(DateTime moment, DateTimeKind kind, int ticks = 0)
        {
            return DateTime.SpecifyKind(moment.AddTicks(ticks), kind);
        }

        static readonly DateTime?[] Times =
        {
            Of(Day, DateTimeKind.Utc),
            Of(Day, DateTimeKind.Local),
            // In summer the zone has another offset.
            Of(new DateTime(2026, 7, 2, 12, 30, 15), DateTimeKind.Local),
            Of(Day, DateTimeKind.Unspecified),
            Of(Day, DateTimeKind.Utc, 1234567),
            Of(Day, DateTimeKind.Unspecified, 5000000),
            Of(Day, DateTimeKind.Local, 10),
            Of(Day, DateTimeKind.Utc, 1),
            DateTime.MinValue,
            Of(DateTime.MinValue, DateTimeKind.Utc),
            Of(DateTime.MinValue, DateTimeKind.Local),
            DateTime.MaxValue,
            new DateTime(1900, 1, 1),
            Day.Date,
            null,
        };

        static readonly string[] Texts =
        {
            null, "", " ", " two  spaces ", "a\tb", "a\nb", "a\r\nb", "a\rb", "Fax\x01 Room", "\0\x1f\x7f\x85",
            "\ufffe\uffff", "<&>\"'", "]]>", "Grüße, 日本, 😀", "&#x1;",
        };

        static readonly double[] Durations =
        {
            0, 1.5, 0.1, 1e-5, 1e21, -0.0, 1 / 3.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity,
            double.Epsilon, double.MaxValue,
        };

        [WebMethod(BufferResponse = false)]
        public FaxTransmission[] getCDRByJobID(int jobNumber, string ApiKey)
        {
            Check(ApiKey);
            switch (jobNumber)
            {
                case 1: return null;
                case 2: return new FaxTransmission[0];
                case 3: return Rows(Times.Length, (row, place) => row.CompletedDate = Times[place]);
                case 4: return Rows(Texts.Length, (row, place) => row.Reference = Texts[place]);
                case 5: return Rows(Durations.Length, (row, place) => row.Duration = Durations[place]);
                case 6: return Rows(2, (row, place) => row.ErrorCode = place == 0 ? (int?)12 : null);
                case 7: return new[] { null, new FaxTransmission { TransactionID = 7 }, null };
                // No XML can hold half a character: .NET fails while it writes.
                case 8: return Rows(50000, (row, place) => row.Reference = place == 49999 ? "\ud800" : "");
                case 9: throw new ArgumentException("no such job", "jobNumber");
                case 10: throw new SoapException("nothing\nto say", SoapException.ClientFaultCode);
                case 11: throw new Exception("first", new Exception("second", new Exception("third")));
                default: return Rows(jobNumber, (row, place) => row.CompletedDate = Day);
            }
        }

        [WebMethod]
        public RealtimeJob[] getRealtime(string ApiKey)
        {
            Check(ApiKey);
            return new[]
            {
                new RealtimeJob { JobID = long.MaxValue, TotalDestinations = 2, TotalSuccessful = 2 }, null,
            };
        }

        [WebMethod]
        public HistoryJob[] getRecentHistory(string ApiKey)
        {
            Check(ApiKey);
            var job = new HistoryJob { BillCode = "", CompletedDate = "4/5/2010 7:44:12 PM" };
            job.TotalDestinations = 3.00m;
            job.TotalSuccessful = 2m;
            job.TotalFailed = 1.0m;
            return new[] { job };
        }

        static void Check(string key)
        {
            if (key != "other-key") throw new UnauthorizedAccessException("Invalid API Key");
        }

        static FaxTransmission[] Rows(int count, Action<FaxTransmission, int> change)
        {
            return Enumerable.Range(0, count).Select(place =>
            {
                var row = new FaxTransmission
                {
                    TransactionID = place + 1, Phone = "12125550100", Country = "US", ErrorCode = 0, Pages = 2,
                    Duration = 0.25,
                };
                change(row, place);
                return row;
            }).ToArray();
        }
    }
}
