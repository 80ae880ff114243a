// Openfax's reporting service, by hand from "Broadcast Fax Reporting API Documentation". It names
// no types: these are the ones that faxapi takes to be likeliest.
using System;
using System.Web.Services;

public class FaxTransmission
{
    public string TransactionID;
    public DateTime CompletedDate;
    public string Phone, Reference, Country, ErrorCode;
    public int Pages;
    public decimal Duration;
}

public class RealtimeJob
{
    public string JobID, BillCode;
    public int TotalDestinations, TotalSuccessful, TotalFailed;
}

public class HistoryJob
{
    public string JobID, BillCode;
    public int TotalDestinations, TotalSuccessful, TotalFailed;
}

[WebService(Namespace = "http://tempuri.org/")]
public class Reporting : WebService
{
    [WebMethod]
    public FaxTransmission[] getCDRByJobID(string APIKey, string JobID)
    {
        return Bridge.Ask(new { APIKey, JobID }).Get<FaxTransmission[]>("getCDRByJobIDResult");
    }

    [WebMethod]
    public RealtimeJob[] getRealtime(string APIKey)
    {
        return Bridge.Ask(new { APIKey }).Get<RealtimeJob[]>("getRealtimeResult");
    }

    [WebMethod]
    public HistoryJob[] getRecentHistory(string APIKey)
    {
        return Bridge.Ask(new { APIKey }).Get<HistoryJob[]>("getRecentHistoryResult");
    }
}
