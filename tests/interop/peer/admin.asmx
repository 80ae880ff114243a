<%@ WebService Language="C#" Class="Admin" %>
