SwaggerUIBundle({ url: "/openapi.json", dom_id: "#doors", validatorUrl: null, deepLinking: false });
