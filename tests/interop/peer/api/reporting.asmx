<%@ WebService Language="C#" Class="Reporting" %>
